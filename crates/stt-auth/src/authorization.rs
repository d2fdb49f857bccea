//! By what right a resource is used.

use crate::{Key, ResourceId, Token};

/// By what right a resource is used.
///
/// Which of them the service takes is documented on Microsoft's pages about authentication of the Speech REST APIs
/// (2026), private endpoints (2026) and Microsoft Entra authentication (2025): the key works everywhere; a token only on
/// the host that issued it, and not on resources with restricted networking; a token of Microsoft Entra ID needs a
/// custom subdomain.
#[derive(Clone, Debug)]
pub enum Authorization {
    /// A token of the service that the application has, and replaces itself.
    Bearer(Token),
    /// A token of Microsoft Entra ID that the application has, and replaces itself.
    Entra {
        /// The resource it is for.
        resource_id: ResourceId,
        /// The token as Entra ID gave it.
        token: Token,
    },
    /// The key, sent with every request.
    Key(Key),
    /// Nothing, for containers. Only this may go over `http` to another machine.
    None,
    /// Tokens that the application gets somewhere when it is asked, kept until they are about to expire.
    Source {
        /// The resource they are for, if they are tokens of Microsoft Entra ID: sent as `aad#<resource id>#<token>`.
        resource_id: Option<ResourceId>,
    },
    /// The key, exchanged for tokens of the service, kept until they are about to expire.
    Token(Key),
}
