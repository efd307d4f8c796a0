use crate::json::Json;

record!(
    /// An address of an order: `shipping`, `customer` or `return_address`.
    Address, "an address"
);

impl Address {
    /// Reads what Order Desk prints for an address: an object, or `[]`, `""` or `null` for none.
    pub fn read(json: &Json) -> Self {
        json.as_object().cloned().map(Self).unwrap_or_default()
    }

    /// True when every member is blank.
    pub fn is_blank(&self) -> bool {
        self.0.iter().all(|(_, value)| value.is_blank())
    }

    accessors! {
        /// First name (not in return addresses).
        text first_name;
        /// Last name (not in return addresses).
        text last_name;
        /// Heading of a return address.
        text title;
        /// Name in a return address.
        text name;
        /// Company.
        text company;
        /// First line.
        text address1;
        /// Second line.
        text address2;
        /// Third line; only shipping addresses have one.
        text address3;
        /// Fourth line; only shipping addresses have one.
        text address4;
        /// City.
        text city;
        /// State or province.
        text state;
        /// Postal code, leading zeros kept.
        text postal_code;
        /// Country code or full name.
        text country;
        /// Phone, as the store's settings format it.
        text phone;
    }
}
