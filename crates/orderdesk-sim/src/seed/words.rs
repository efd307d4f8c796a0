//! Sources, states, carriers and notes of the seeded orders.

pub(super) const SOURCES: [&str; 9] = [
    "Shopify",
    "Order Desk",
    "WooCommerce",
    "Etsy",
    "Amazon",
    "eBay",
    "Walmart.com",
    "BigCommerce",
    "Zapier",
];

pub(super) const PAYMENT_STATUSES: [&str; 8] = [
    "Approved",
    "Authorized",
    "Captured",
    "Fully Refunded",
    "Partially Refunded",
    "Pending",
    "Rejected",
    "Voided",
];

pub(super) const SHIPPING_METHODS: [&str; 6] = [
    "UPS Ground",
    "USPS Priority",
    "FedEx Home Delivery",
    "DHL Express",
    "Canada Post Expedited",
    "",
];

pub(super) const CARRIERS: [(&str, &str, &str); 4] = [
    ("UPS", "Ground", "1Z2398470"),
    ("USPS", "Priority", "94001000000000"),
    ("FedEx", "Home Delivery", "7712"),
    ("DHL", "Express", "JD0146000"),
];

pub(super) const NOTES: [&str; 6] = [
    "Customer asked for no plastic.",
    "☎ call before delivery — “ring twice”",
    "Address checked with the buyer.",
    "VIP: upgrade to express if late.\nSecond line.",
    "Waiting for the blue one to be restocked.",
    "配達は午前中に。",
];
