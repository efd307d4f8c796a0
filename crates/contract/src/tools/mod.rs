//! Every tool, one file a family.

pub mod catalog;
pub mod input;
pub mod order_filters;
pub mod orders;
pub mod products;
pub mod receipt;
pub mod stores;
pub mod tenant;

/// Calls a macro with the list of all tools this version offers. A tool that is missing here is
/// unknown to every door; one that is listed must be implemented by the domain to compile.
#[macro_export]
macro_rules! for_each_tool {
    ($callback:ident) => {
        $callback! {
            $crate::tools::tenant::TenantUseMasterKey,
            $crate::tools::stores::StoresRegister,
            $crate::tools::stores::StoresList,
            $crate::tools::stores::StoresUseStore,
            $crate::tools::stores::StoresResolve,
            $crate::tools::stores::StoresDelete,
            $crate::tools::orders::OrdersList,
            $crate::tools::orders::OrdersGet,
            $crate::tools::products::ProductsList,
            $crate::tools::products::ProductsGet,
        }
    };
}
