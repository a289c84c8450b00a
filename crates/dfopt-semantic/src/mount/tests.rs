//! Mounts and devices, as tables of cases.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;

fn literal(text: &str) -> Mount {
    parse_mount(text, &|value| Some(value.to_owned()))
}

fn value<T: Clone>(field: &Option<Spanned<T>>) -> Option<T> {
    field.as_ref().and_then(|field| field.value.clone())
}

#[test]
fn fields_are_read_with_their_places() {
    let text = "Type=CACHE,dst=/root/.cache,id=x,sharing=Locked,ro=false,mode=0755,uid=7";
    let mount = literal(text);
    assert!(mount.errors.is_empty(), "{:?}", mount.errors);
    assert_eq!(mount.effective_kind(), Some(MountKind::Cache));
    assert_eq!(value(&mount.target).as_deref(), Some("/root/.cache"));
    assert_eq!(&text[mount.target.clone().unwrap().range], "/root/.cache");
    assert_eq!(&text[mount.fields[2].range.clone()], "id=x");
    assert_eq!(value(&mount.sharing), Some(Sharing::Locked));
    assert_eq!((value(&mount.mode), value(&mount.uid)), (Some(0o755), Some(7)));
    assert_eq!(mount.is_read_only(), Some(false));
}

#[test]
fn csv_quotes_protect_commas_and_double_for_quotes() {
    let text = "type=bind,\"source=a,\"\"b\"\"\",target=/x";
    let mount = literal(text);
    assert_eq!(value(&mount.source).as_deref(), Some("a,\"b\""));
    assert_eq!(&text[mount.source.clone().unwrap().range], "a,\"\"b\"\"");
    assert!(mount.errors.is_empty());
}

#[test]
fn defaults_depend_on_the_type() {
    assert_eq!(literal("target=/x").is_read_only(), Some(true));
    assert_eq!(literal("target=/x,rw").is_read_only(), Some(false));
    assert_eq!(literal("type=tmpfs,target=/x").is_read_only(), Some(false));
    assert_eq!(literal("target=a/../b").mounted_at("/srv").as_deref(), Some("/srv/b"));
    assert_eq!(literal("type=cache").mounted_at("/srv").as_deref(), Some("/srv"));
    assert_eq!(literal("type=secret,id=a/b").mounted_at("/").as_deref(), Some("/run/secrets/b"));
    assert_eq!(literal("type=ssh").mounted_at("/"), None);
}

#[test]
fn errors_mark_the_smallest_cause() {
    for (text, marked) in [
        ("", ""),
        ("type=bind,", ""),
        ("type=bind,target=\"x\"", "\""),
        ("\"target=/x", "\""),
        ("\"target=/x\"y", "\""),
        ("tpye=bind", "tpye"),
        ("type=bnid", "bnid"),
        ("type=cache,sharing=shard", "shard"),
        ("target", "target"),
        ("readnly", "readnly"),
        ("ro=yes", "yes"),
        ("type=cache,mode=0898", "0898"),
        ("type=cache,uid=-1", "-1"),
        ("from=a$b", "$b"),
        ("type=tmpfs,size=lots", "lots"),
        ("size=1g,type=tmpfs", "size=1g"),
        ("required,type=secret,id=a", "required"),
        ("type=bind,required=true", "required=true"),
        ("target=/x,mode=1", "mode=1"),
        ("type=secret,id=a,from=b", "from=b"),
        ("type=ssh,source=a", "source=a"),
        ("sharing=locked,target=/x", "sharing=locked"),
        ("type=secret", "type=secret"),
        ("type=secret,id=a,src=b", "b"),
    ] {
        let mount = literal(text);
        let [error] = mount.errors.as_slice() else { panic!("{text}: {:?}", mount.errors) };
        assert_eq!(&text[error.range().clone()], marked, "{text}: {error:?}");
    }
}

#[test]
fn near_misses_are_suggested() {
    let suggestion = |text: &str| match literal(text).errors.into_iter().next() {
        Some(
            MountError::UnknownKey { suggestion, .. }
            | MountError::UnknownType { suggestion, .. }
            | MountError::MissingValue { suggestion, .. },
        ) => suggestion,
        other => panic!("{other:?}"),
    };
    assert_eq!(suggestion("tpye=bind"), Some("type"));
    assert_eq!(suggestion("type=bnid"), Some("bind"));
    assert_eq!(suggestion("readnly"), Some("readonly"));
    assert_eq!(suggestion("volume=x"), None);
}

#[test]
fn the_last_of_equal_keys_wins_and_unknown_values_stay_open() {
    assert_eq!(value(&literal("target=/a,dst=/b").target).as_deref(), Some("/b"));
    let mount =
        parse_mount("type=$t,required,size=1,target=$x,from=a", &|text| (!text.contains('$')).then(|| text.to_owned()));
    assert_eq!(mount.effective_kind(), None);
    assert_eq!(mount.mounted_at("/"), None);
    assert!(mount.errors.is_empty(), "{:?}", mount.errors);
}

#[test]
fn sizes_take_units_of_1024() {
    for (text, bytes) in [("10", 10), ("1k", 1024), ("2MB", 2 << 20), ("1.5g", 3 << 29), ("1 tib", 1 << 40), ("7b", 7)]
    {
        assert_eq!(parse_size(text), Some(bytes), "{text}");
    }
    for text in ["", "k", "1x", "1kbb", "-1", "1bb", "inf1"] {
        assert_eq!(parse_size(text), None, "{text}");
    }
}

#[test]
fn devices_have_a_name_and_may_be_required() {
    let name = |text: &str| value(&parse_device(text).name);
    assert_eq!(name("nvidia.com/gpu=all,required").as_deref(), Some("nvidia.com/gpu=all"));
    assert_eq!(name("name=vendor/class,required=true").as_deref(), Some("vendor/class"));
    assert_eq!(name("required=0,gpu").as_deref(), Some("gpu"));
    for (text, marked) in
        [("", ""), ("gpu,requird", "requird"), ("gpu,x=y", "x"), ("a,name=b", "name=b"), ("gpu,required=yes", "yes")]
    {
        let device = parse_device(text);
        let [error] = device.errors.as_slice() else { panic!("{text}: {:?}", device.errors) };
        assert_eq!(&text[error.range().clone()], marked, "{text}");
    }
}

proptest! {
    #[test]
    fn fields_join_to_the_record(text in "[a=,\"é]{1,16}") {
        let (fields, errors) = parse_fields(&text);
        if errors.is_empty() {
            let joined: Vec<&str> = fields.iter().map(|field| &text[field.range.clone()]).collect();
            prop_assert_eq!(joined.join(","), text);
        }
    }

    #[test]
    fn any_value_is_judged(text in "(type|target|size|from|id|required|ro|mode|x)?[=,$\"a-c]{0,3}[a-z=,\"/$é]{0,12}") {
        for error in literal(&text).errors.iter().chain(&parse_device(&text).errors) {
            prop_assert!(text.get(error.range().clone()).is_some());
        }
    }
}
