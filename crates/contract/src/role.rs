//! What people and keys may do: roles, rights, and the one table that says which role has which right.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::access::{Access, KeyKind, UnknownName};

/// What a person is in a workspace, from most to least. Whoever manages people acts on nobody above themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, master keys and other owners too.
    Owner,
    /// Everything but master keys, owners, and what calls carried.
    Admin,
    /// Works on orders and products and decides on changes.
    Operator,
    /// Looks at everything, at what calls carried too.
    Auditor,
    /// Looks.
    Viewer,
}

/// One thing that somebody may be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Look at stores, orders, products, changes and figures.
    Look,
    /// Propose changes that somebody must approve.
    Propose,
    /// Change orders and products.
    Write,
    /// Decide on proposals.
    Approve,
    /// Stop writes and resume them.
    Stop,
    /// Add, change and remove stores.
    Stores,
    /// See, make, limit and revoke keys.
    Keys,
    /// See and invite people, change their roles, disable them.
    People,
    /// Change the workspace's settings.
    Settings,
    /// See what recorded calls carried.
    Payloads,
    /// Read the audit log.
    Audit,
    /// Make and end master keys, and act on owners.
    Own,
}

impl Role {
    /// Every role, from most to least.
    pub const ALL: [Self; 5] = [
        Self::Owner,
        Self::Admin,
        Self::Operator,
        Self::Auditor,
        Self::Viewer,
    ];

    /// Whether somebody in this role has the right. This table is the only place that says so.
    pub fn may(self, right: Right) -> bool {
        use Role::{Admin, Auditor, Operator, Owner};
        match right {
            Right::Look => true,
            Right::Propose | Right::Write | Right::Approve | Right::Stop => {
                matches!(self, Owner | Admin | Operator)
            }
            Right::Stores | Right::Keys | Right::People | Right::Settings => {
                matches!(self, Owner | Admin)
            }
            Right::Payloads => matches!(self, Owner | Auditor),
            Right::Audit => matches!(self, Owner | Admin | Auditor),
            Right::Own => self == Owner,
        }
    }

    /// Whether somebody in this role may give the other role, take it, and act on whoever has it, as far as they may
    /// manage people at all: nobody gives anybody what they may not do themselves.
    pub fn reaches(self, other: Self) -> bool {
        let has = |right: &Right| self.may(*right) || !other.may(*right);
        Right::ALL.iter().all(has)
    }

    /// The role's name as it is stored, sent and typed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
            Self::Viewer => "viewer",
        }
    }
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 12] = [
        Self::Look,
        Self::Propose,
        Self::Write,
        Self::Approve,
        Self::Stop,
        Self::Stores,
        Self::Keys,
        Self::People,
        Self::Settings,
        Self::Payloads,
        Self::Audit,
        Self::Own,
    ];

    /// Who has the right, in a sentence for somebody who has not.
    pub fn whose(self) -> &'static str {
        match self {
            Self::Look => "Only people of this workspace can look at this.",
            Self::Propose => "Only owners, admins and operators can propose changes.",
            Self::Write => "Only owners, admins and operators can change orders and products.",
            Self::Approve => "Only owners, admins and operators can decide on changes.",
            Self::Stop => "Only owners, admins and operators can stop and resume writes.",
            Self::Stores => "Only owners and admins can add, change and remove stores.",
            Self::Keys => "Only owners and admins can see and manage keys.",
            Self::People => "Only owners and admins can see and manage people.",
            Self::Settings => "Only owners and admins can change the settings of the workspace.",
            Self::Payloads => "Only owners and auditors can see what calls carried.",
            Self::Audit => "Only owners, admins and auditors can read the audit log.",
            Self::Own => "Only owners can do this.",
        }
    }
}

/// Where somebody's rights come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// A person's role.
    Role(Role),
    /// A key's kind and access.
    Key(KeyKind, Access),
}

impl Standing {
    /// Whether whoever has this standing has the right. A master key with write access is the owner's; any other key goes
    /// as far as its access.
    pub fn may(self, right: Right) -> bool {
        match self.role() {
            Some(role) => role.may(right),
            None => match right {
                Right::Look => true,
                Right::Propose => self.access() >= Access::Propose,
                Right::Write => self.access() >= Access::Write,
                _ => false,
            },
        }
    }

    /// The role it is worth when people are managed; a key that is not the owner's is worth none.
    pub fn role(self) -> Option<Role> {
        match self {
            Self::Role(role) => Some(role),
            Self::Key(KeyKind::Master, Access::Write) => Some(Role::Owner),
            Self::Key(..) => None,
        }
    }

    /// How far it goes with orders and products.
    pub fn access(self) -> Access {
        match self {
            Self::Key(_, access) => access,
            Self::Role(role) if role.may(Right::Write) => Access::Write,
            Self::Role(role) if role.may(Right::Propose) => Access::Propose,
            Self::Role(_) => Access::Read,
        }
    }
}

impl FromStr for Role {
    type Err = UnknownName;
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| UnknownName::new(text, "owner, admin, operator, auditor, viewer"))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole table, written out a second time: a slip in either shows.
    #[test]
    fn each_role_has_its_rights_and_no_others() {
        use Right::{
            Approve, Audit, Keys, Look, Own, Payloads, People, Propose, Settings, Stop, Stores,
            Write,
        };
        let table: [(Role, &[Right]); 5] = [
            (Role::Owner, &Right::ALL),
            (
                Role::Admin,
                &[
                    Look, Propose, Write, Approve, Stop, Stores, Keys, People, Settings, Audit,
                ],
            ),
            (Role::Operator, &[Look, Propose, Write, Approve, Stop]),
            (Role::Auditor, &[Look, Payloads, Audit]),
            (Role::Viewer, &[Look]),
        ];
        for (role, rights) in table {
            for right in Right::ALL {
                assert_eq!(role.may(right), rights.contains(&right), "{role} {right:?}");
            }
        }
        assert!(Role::Admin.may(Own) != Role::Owner.may(Own));
    }

    #[test]
    fn a_master_key_with_write_access_is_the_owners_and_other_keys_go_by_access() {
        for kind in KeyKind::ALL {
            for access in Access::ALL {
                let standing = Standing::Key(kind, access);
                assert_eq!(standing.access(), access);
                for right in Right::ALL {
                    let is_owners = kind == KeyKind::Master && access == Access::Write;
                    let by_access = match right {
                        Right::Look => true,
                        Right::Propose => access != Access::Read,
                        Right::Write => access == Access::Write,
                        _ => false,
                    };
                    let expected = is_owners || by_access;
                    assert_eq!(standing.may(right), expected, "{kind} {access} {right:?}");
                }
            }
        }
    }

    #[test]
    fn roles_go_as_far_as_their_rights() {
        let access = |role| Standing::Role(role).access();
        assert_eq!(
            Role::ALL.map(access),
            [
                Access::Write,
                Access::Write,
                Access::Write,
                Access::Read,
                Access::Read
            ]
        );
    }

    /// Else somebody could make another account and reach by it what they may not do themselves.
    #[test]
    fn whoever_manages_people_gives_nothing_that_they_have_not() {
        for role in Role::ALL.into_iter().filter(|role| role.may(Right::People)) {
            for other in Role::ALL.into_iter().filter(|other| role.reaches(*other)) {
                for right in Right::ALL.into_iter().filter(|right| other.may(*right)) {
                    assert!(role.may(right), "{role} gives {right:?} with {other}");
                }
            }
        }
        let reached = |own: Role| Role::ALL.into_iter().filter(move |role| own.reaches(*role));
        assert!(reached(Role::Owner).eq(Role::ALL));
        // An auditor sees what calls carried, which an admin does not.
        assert!(reached(Role::Admin).eq([Role::Admin, Role::Operator, Role::Viewer]));
    }

    #[test]
    fn names_are_read_back() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert!("Owner".parse::<Role>().is_err());
    }
}
