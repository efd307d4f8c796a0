//! Every tool, one file or folder a family.

pub mod catalog;
pub mod changes;
pub mod input;
pub mod orders;
pub mod products;
pub mod receipt;
pub mod stores;
pub mod tenant;
pub mod write;

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
            $crate::tools::orders::OrdersCreate,
            $crate::tools::orders::OrdersUpdate,
            $crate::tools::orders::OrdersMove,
            $crate::tools::orders::OrdersAddNote,
            $crate::tools::orders::OrdersAddShipment,
            $crate::tools::orders::OrdersAddItems,
            $crate::tools::orders::OrdersUpdateItem,
            $crate::tools::orders::OrdersRemoveItem,
            $crate::tools::orders::OrdersDelete,
            $crate::tools::products::ProductsList,
            $crate::tools::products::ProductsGet,
            $crate::tools::products::ProductsUpdate,
            $crate::tools::products::ProductsAdjustStock,
            $crate::tools::changes::ChangesList,
            $crate::tools::changes::ChangesGet,
            $crate::tools::changes::ChangesUndo,
        }
    };
}
