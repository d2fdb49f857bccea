//! Rust source as tokens, without its tests: enough to see modules and paths, and safe from comments and strings.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// One name that a `use` brings in.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Leaf {
    /// From the first segment to the last, which is `*` for a glob.
    pub(super) path: Vec<String>,
    /// What it is called here.
    pub(super) name: String,
}

/// A `use` or `mod` at the top of a file.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Item {
    Mod { name: String, public: bool },
    Use { leaves: Vec<Leaf>, visibility: Visibility },
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Visibility {
    Private,
    Public,
    Restricted,
}

/// The tokens of a file without anything behind `#[cfg(test)]`.
pub(super) fn without_tests(text: &str) -> Result<Vec<TokenTree>, String> {
    let stream: TokenStream = text.parse().map_err(|error| format!("is not Rust: {error}"))?;
    Ok(strip(stream))
}

fn strip(stream: TokenStream) -> Vec<TokenTree> {
    let mut kept: Vec<TokenTree> = Vec::new();
    let mut tokens = stream.into_iter();
    while let Some(token) = tokens.next() {
        let TokenTree::Group(group) = token else {
            kept.push(token);
            continue;
        };
        if is_test(&group) && kept.last().is_some_and(|last| is_punct(last, '#')) {
            kept.pop();
            // The item ends with its body or its semicolon.
            tokens.find(|token| is_punct(token, ';') || is_delimited(token, Delimiter::Brace));
            continue;
        }
        let inside: TokenStream = strip(group.stream()).into_iter().collect();
        kept.push(Group::new(group.delimiter(), inside).into());
    }
    kept
}

/// Whether an attribute keeps its item out of every build but that of the tests.
fn is_test(attribute: &Group) -> bool {
    let text = attribute.stream().to_string().replace(' ', "");
    attribute.delimiter() == Delimiter::Bracket && (text == "cfg(test)" || text.starts_with("cfg(all(test,"))
}

/// The modules and imports at the top of a file.
pub(super) fn items(tokens: &[TokenTree]) -> Vec<Item> {
    let mut items = Vec::new();
    let mut visibility = Visibility::Private;
    let mut rest = tokens;
    while let Some((token, after)) = rest.split_first() {
        rest = after;
        match ident(token).as_deref() {
            Some("pub") => {
                let restricted = after.first().is_some_and(|next| is_delimited(next, Delimiter::Parenthesis));
                visibility = if restricted { Visibility::Restricted } else { Visibility::Public };
                rest = &after[usize::from(restricted)..];
                continue;
            }
            Some("mod") => {
                let name = after.first().and_then(ident);
                items.extend(name.map(|name| Item::Mod { name, public: visibility == Visibility::Public }));
            }
            Some("use") => {
                let end = after.iter().position(|token| is_punct(token, ';')).unwrap_or(after.len());
                items.push(Item::Use { leaves: leaves(&after[..end]), visibility });
                rest = &after[end..];
            }
            _ => {}
        }
        visibility = Visibility::Private;
    }
    items
}

/// The tokens of a file without the imports at its top.
pub(super) fn without_uses(tokens: &[TokenTree]) -> Vec<TokenTree> {
    let mut importing = false;
    let keep = |token: &&TokenTree| {
        importing = if importing { !is_punct(token, ';') } else { ident(token).as_deref() == Some("use") };
        !importing
    };
    tokens.iter().filter(keep).cloned().collect()
}

/// Everything that the tree of a `use` names.
pub(super) fn leaves(tree: &[TokenTree]) -> Vec<Leaf> {
    let mut found = Vec::new();
    for part in tree.split(|token| is_punct(token, ',')) {
        let mut path: Vec<String> = Vec::new();
        let mut tokens = part.iter();
        let mut rename = None;
        let mut groups = Vec::new();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Ident(word) if word == "as" => rename = tokens.next().and_then(ident),
                TokenTree::Ident(_) => path.extend(ident(token)),
                TokenTree::Punct(punct) if punct.as_char() == '*' => path.push("*".to_owned()),
                TokenTree::Group(group) => groups.extend(leaves(&group.stream().into_iter().collect::<Vec<_>>())),
                _ => {}
            }
        }
        if groups.is_empty() {
            let name = rename.or_else(|| path.last().cloned());
            found.extend(name.map(|name| Leaf { path, name }));
        } else {
            found.extend(groups.into_iter().map(|leaf| Leaf { path: [path.clone(), leaf.path].concat(), ..leaf }));
        }
    }
    found
}

/// What follows `first::` anywhere in the tokens: the next segment, or each that a group names.
pub(super) fn after(first: &str, tokens: &[TokenTree]) -> Vec<String> {
    let mut found = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        match (token, &tokens[place + 1..]) {
            (TokenTree::Group(group), _) => {
                found.extend(after(first, &group.stream().into_iter().collect::<Vec<_>>()));
            }
            (TokenTree::Ident(word), [one, two, next, ..])
                if word == first && is_punct(one, ':') && is_punct(two, ':') =>
            {
                let named = leaves(std::slice::from_ref(next));
                found.extend(named.into_iter().filter_map(|leaf| leaf.path.into_iter().next()));
            }
            _ => {}
        }
    }
    found
}

/// The word that a token is, without the mark of a raw one.
pub(super) fn ident(token: &TokenTree) -> Option<String> {
    let TokenTree::Ident(word) = token else { return None };
    Some(word.to_string().trim_start_matches("r#").to_owned())
}

fn is_punct(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == char)
}

fn is_delimited(token: &TokenTree, delimiter: Delimiter) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(path: &[&str], name: &str) -> Leaf {
        Leaf { path: path.iter().map(|part| (*part).to_owned()).collect(), name: name.to_owned() }
    }

    #[test]
    fn modules_and_imports_are_read_with_their_visibility() {
        let text = "
            mod a; pub mod b; pub(crate) mod c { pub mod inner; }
            pub use a::{B, deep::{C as D, E}}; pub(crate) use a::F; use std::fmt; pub fn f() {} use g::*;";
        let module = |name: &str, public| Item::Mod { name: name.to_owned(), public };
        let import = |leaves, visibility| Item::Use { leaves, visibility };
        let expected = [
            module("a", false),
            module("b", true),
            module("c", false),
            import(
                vec![leaf(&["a", "B"], "B"), leaf(&["a", "deep", "C"], "D"), leaf(&["a", "deep", "E"], "E")],
                Visibility::Public,
            ),
            import(vec![leaf(&["a", "F"], "F")], Visibility::Restricted),
            import(vec![leaf(&["std", "fmt"], "fmt")], Visibility::Private),
            import(vec![leaf(&["g", "*"], "*")], Visibility::Private),
        ];
        assert_eq!(expected, items(&without_tests(text).unwrap()).as_slice());
    }

    #[test]
    fn paths_are_found_in_code_and_not_in_comments_strings_or_tests() {
        let text = "
            //! crate::comment
            use crate::{a::{X, Y}, b};
            fn f() { let x: Vec<crate::c::Z> = g!(\"crate::string\", crate::d::h()); }
            #[cfg(test)] use crate::test_import::{I};
            #[cfg(test)] mod tests { use crate::in_tests; }
            #[cfg(all(test, unix))] fn helper() { crate::in_helper() }
            #[cfg(unix)] fn g() { crate::e() }";
        let tokens = without_tests(text).unwrap();
        assert_eq!(["a", "a", "b", "c", "d", "e"], after("crate", &tokens).as_slice());
        assert!(without_tests("fn f( {").is_err());
    }
}
