//! `#[export]` and `#[import]` of tenon-plugin: each makes the function of numbers that
//! WebAssembly has, and the line of the section `tenon.protocol` that says its types.

use proc_macro::TokenStream;
use proc_macro2::{Literal, TokenStream as Tokens};
use quote::{format_ident, quote, ToTokens};
use syn::{parse_macro_input, FnArg, ForeignItemFn, ItemFn, Pat, ReturnType, Signature, Type};

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Bool,
    Number(&'static str),
    Text { owned: bool },
    Bytes { owned: bool },
}

#[derive(Clone, Copy)]
struct Crossing {
    kind: Kind,
    optional: bool,
}

impl Crossing {
    fn is_object(self) -> bool {
        matches!(self.kind, Kind::Text { .. } | Kind::Bytes { .. })
    }
    fn name(self) -> String {
        let name = match self.kind {
            Kind::Bool => "bool",
            Kind::Number(name) => name,
            Kind::Text { .. } => "text",
            Kind::Bytes { .. } => "bytes",
        };
        format!("{name}{}", if self.optional { "?" } else { "" })
    }
    fn raw(self) -> Tokens {
        match self.kind {
            Kind::Bool => quote!(i32),
            Kind::Number(name) => format_ident!("{name}").to_token_stream(),
            _ => quote!(u64),
        }
    }
}

const WHAT: &str = "bool, i32, u32, i64, u64, f32, f64, &str, String, &[u8], Vec<u8>, or Option of a text or bytes";

fn crossing(ty: &Type) -> syn::Result<Crossing> {
    let text = ty.to_token_stream().to_string().replace(' ', "");
    let (inner, optional) = match text
        .strip_prefix("Option<")
        .and_then(|rest| rest.strip_suffix('>'))
    {
        Some(inner) => (inner, true),
        None => (text.as_str(), false),
    };
    let kind = match inner {
        "bool" if !optional => Kind::Bool,
        "i32" if !optional => Kind::Number("i32"),
        "u32" if !optional => Kind::Number("u32"),
        "i64" if !optional => Kind::Number("i64"),
        "u64" if !optional => Kind::Number("u64"),
        "f32" if !optional => Kind::Number("f32"),
        "f64" if !optional => Kind::Number("f64"),
        "&str" => Kind::Text { owned: false },
        "String" => Kind::Text { owned: true },
        "&[u8]" => Kind::Bytes { owned: false },
        "Vec<u8>" => Kind::Bytes { owned: true },
        _ => {
            return Err(syn::Error::new_spanned(
                ty,
                format!("this type does not cross; there are {WHAT}"),
            ))
        }
    };
    Ok(Crossing { kind, optional })
}

struct Function {
    parameters: Vec<(syn::Ident, Crossing)>,
    result: Option<Crossing>,
    fallible: bool,
}

// The T of Result<T, E>.
fn success(ty: &Type) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    if last.ident != "Result" {
        return None;
    }
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        syn::GenericArgument::Type(inner) => Some(inner.clone()),
        _ => None,
    }
}

fn read(signature: &Signature) -> syn::Result<Function> {
    let mut parameters = Vec::new();
    for input in &signature.inputs {
        let FnArg::Typed(argument) = input else {
            return Err(syn::Error::new_spanned(
                input,
                "a plugin's function has no self",
            ));
        };
        let Pat::Ident(name) = &*argument.pat else {
            return Err(syn::Error::new_spanned(
                &argument.pat,
                "a parameter is a name",
            ));
        };
        parameters.push((name.ident.clone(), crossing(&argument.ty)?));
    }
    let (result, fallible) = match &signature.output {
        ReturnType::Default => (None, false),
        ReturnType::Type(_, ty) => match success(ty) {
            Some(inner) if inner.to_token_stream().to_string() == "()" => (None, true),
            Some(inner) => (Some(crossing(&inner)?), true),
            None => (Some(crossing(ty)?), false),
        },
    };
    Ok(Function {
        parameters,
        result,
        fallible,
    })
}

fn declaration(kind: &str, name: &str, function: &Function) -> Tokens {
    let parameters: Vec<_> = function
        .parameters
        .iter()
        .map(|(_, each)| each.name())
        .collect();
    let result = function
        .result
        .map(|each| format!(" -> {}", each.name()))
        .unwrap_or_default();
    let line = format!("{kind} {name}({}){result}\n", parameters.join(", "));
    let (size, bytes) = (line.len(), Literal::byte_string(line.as_bytes()));
    quote! {
        #[link_section = "tenon.protocol"]
        #[used]
        static DECLARATION: [u8; #size] = *#bytes;
    }
}

/// Lets the host call the function by its name.
#[proc_macro_attribute]
pub fn export(_attributes: TokenStream, item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as ItemFn);
    match read(&item.sig) {
        Ok(function) => export_tokens(&item, &function).into(),
        Err(error) => error.to_compile_error().into(),
    }
}

fn export_tokens(item: &ItemFn, function: &Function) -> Tokens {
    let name = &item.sig.ident;
    let text = name.to_string();
    let declared = declaration("export", &text, function);
    let (mut raw, mut values, mut firsts) = (Vec::new(), Vec::new(), Vec::new());
    for (i, (_, each)) in function.parameters.iter().enumerate() {
        let (at, size) = (format_ident!("at{i}"), format_ident!("size{i}"));
        if !each.is_object() {
            let ty = each.raw();
            raw.push(quote!(#at: #ty));
            values.push(if each.kind == Kind::Bool {
                quote!(#at != 0)
            } else {
                quote!(#at)
            });
            continue;
        }
        raw.push(quote!(#at: *mut u8, #size: usize));
        firsts.push(at.clone());
        let view = match each.kind {
            Kind::Text { owned: false } => quote!(::tenon_plugin::detail::text(#at, #size)),
            Kind::Text { owned: true } => {
                quote!(::tenon_plugin::detail::text(#at, #size).to_string())
            }
            Kind::Bytes { owned: false } => quote!(::tenon_plugin::detail::bytes(#at, #size)),
            _ => quote!(::tenon_plugin::detail::bytes(#at, #size).to_vec()),
        };
        values.push(if each.optional {
            quote!(if #at.is_null() { None } else { Some(#view) })
        } else {
            view
        });
    }
    let returned = function.result.map(|each| each.raw());
    let (arrow, zero) = match &returned {
        Some(ty) => (quote!(-> #ty), quote!(0 as #ty)),
        None => (quote!(), quote!(())),
    };
    let gives = function
        .result
        .map_or(quote!(result), |each| match (each.kind, each.optional) {
            (Kind::Bool, _) => quote!(result as i32),
            (Kind::Number(_), _) => quote!(result),
            (_, false) => quote!(::tenon_plugin::detail::give(result.into())),
            (_, true) => {
                quote!(result.map_or(0, |value| ::tenon_plugin::detail::give(value.into())))
            }
        });
    let unwrapped = if function.fallible {
        quote!(match result {
            Ok(result) => result,
            Err(why) => {
                ::tenon_plugin::error(&why.to_string());
                return #zero;
            }
        })
    } else {
        quote!(result)
    };
    quote! {
        #item
        const _: () = {
            #declared
            #[export_name = #text]
            unsafe extern "C" fn exported(#(#raw),*) #arrow {
                ::tenon_plugin::detail::begin();
                let firsts: &[*mut u8] = &[#(#firsts),*];
                let first = firsts.iter().copied().find(|at| !at.is_null()).unwrap_or(::core::ptr::null_mut());
                let _block = ::tenon_plugin::detail::Block::new(first);
                let result = #name(#(#values),*);
                let result = #unwrapped;
                #gives
            }
        };
    }
}

/// A function that the host gives: `#[import(module = "app")] fn name(key: &str) -> Option<String>;`
#[proc_macro_attribute]
pub fn import(attributes: TokenStream, item: TokenStream) -> TokenStream {
    let mut module = None;
    let parser = syn::meta::parser(|meta| {
        if meta.path.is_ident("module") {
            module = Some(meta.value()?.parse::<syn::LitStr>()?);
            return Ok(());
        }
        Err(meta.error("there is only module = \"…\""))
    });
    parse_macro_input!(attributes with parser);
    let item = parse_macro_input!(item as ForeignItemFn);
    let Some(module) = module else {
        return syn::Error::new_spanned(&item.sig, "say which module it is of: module = \"…\"")
            .to_compile_error()
            .into();
    };
    match read(&item.sig) {
        Ok(function) if function.fallible => syn::Error::new_spanned(
            &item.sig,
            "an error of a host function ends the call; it is no result",
        )
        .to_compile_error()
        .into(),
        Ok(function) => import_tokens(&item, &module.value(), &function).into(),
        Err(error) => error.to_compile_error().into(),
    }
}

fn import_tokens(item: &ForeignItemFn, module: &str, function: &Function) -> Tokens {
    let (visibility, signature) = (&item.vis, &item.sig);
    let name = signature.ident.to_string();
    let declared = declaration("import", &format!("{module}.{name}"), function);
    let (mut raw, mut values) = (Vec::new(), Vec::new());
    for (name, each) in &function.parameters {
        if !each.is_object() {
            raw.push(each.raw());
            values.push(if each.kind == Kind::Bool {
                quote!(#name as i32)
            } else {
                quote!(#name)
            });
            continue;
        }
        raw.push(quote!(*const u8));
        raw.push(quote!(usize));
        if each.optional {
            values.push(quote!(#name.as_ref().map_or(::core::ptr::null(), |value| ::tenon_plugin::detail::pointer(value.as_ref()))));
            values.push(quote!(#name.as_ref().map_or(0, |value| value.len())));
        } else {
            values.push(quote!(::tenon_plugin::detail::pointer(#name.as_ref())));
            values.push(quote!(#name.len()));
        }
    }
    let arrow = function
        .result
        .map(|each| each.raw())
        .map_or(quote!(), |ty| quote!(-> #ty));
    let taken = function
        .result
        .map_or(quote!(raw), |each| match (each.kind, each.optional) {
            (Kind::Bool, _) => quote!(raw != 0),
            (Kind::Number(_), _) => quote!(raw),
            (Kind::Text { .. }, true) => quote!(::tenon_plugin::detail::take_text(raw)),
            (Kind::Text { .. }, false) => {
                quote!(::tenon_plugin::detail::take_text(raw).expect("the host gave null"))
            }
            (_, true) => quote!(::tenon_plugin::detail::take(raw)),
            (_, false) => quote!(::tenon_plugin::detail::take(raw).expect("the host gave null")),
        });
    quote! {
        #visibility #signature {
            #declared
            #[link(wasm_import_module = #module)]
            extern "C" {
                #[link_name = #name]
                fn host(#(_: #raw),*) #arrow;
            }
            let raw = unsafe { host(#(#values),*) };
            #taken
        }
    }
}
