//! Tables of build commands and the files they make; the Go rows were checked against the go command itself.

use super::*;
use crate::command::testing::script;

fn shown(text: &str, variables: &[(&str, &str)]) -> String {
    let mut env = Env { workdir: Some("/app".into()), user: Some("root".into()), ..Env::default() };
    for (name, value) in variables {
        env.variables.insert((*name).into(), (*value).into());
    }
    let files = |path: &str| {
        let text = match path {
            "/app/go.mod" => "// comment\nmodule example.com/foo/v2 // here\n\ngo 1.21\n",
            "/app/Cargo.toml" => {
                "[workspace]\n[package]\nname = \"crab\" # x\n[[bin]]\nname = \"one\"\n[[bin]]\nname = 'two'\n"
            }
            "/app/crate/Cargo.toml" => "[package]\nname = \"single-bin\"\n[dependencies]\nname = \"no\"\n",
            "/app/package.json" => "{\"name\":\"x\",\"scripts\":{\"build\":\"tsc -p . && vite build\"}}",
            _ => return None,
        };
        Some(text.to_owned())
    };
    let artifacts = artifacts_of(&script(text), &env, &files);
    let mut parts: Vec<String> = artifacts
        .found
        .iter()
        .map(|a| match a.certainty {
            Certainty::Surely => a.path.to_string(),
            Certainty::Possibly => format!("{}?", a.path),
        })
        .collect();
    if !artifacts.unplaced.is_empty() {
        parts.push("unplaced".into());
    }
    parts.join(" ")
}

#[test]
fn go_programs() {
    let gopath = [("GOPATH", "/go")];
    for (text, want) in [
        ("go build -o app .", "/app/app"),
        ("CGO_ENABLED=0 GOOS=linux go build -a -installsuffix cgo -ldflags '-s -w' -o /bin/app ./cmd/app", "/bin/app"),
        ("go build -o bin/ ./cmd/a ./cmd/b", "/app/bin/a /app/bin/b"),
        ("go build -o bin/ ./cmd/...", "/app/bin/*?"),
        ("go build -o /usr/local/bin ./cmd/a", "/usr/local/bin/a"),
        ("mkdir -p out/x && go build -o out ./cmd/a", "/app/out/a"),
        ("go build -o . ./cmd/a", "/app/a"),
        ("go build -o=/x/$NAME .", "/x/**?"),
        ("go build -o /dev/null ./cmd/a", "unplaced"),
        ("go build", "/app/foo"),
        ("go build .", "/app/foo"),
        ("go build ./cmd/two", "/app/two"),
        ("go build ./cmd/app/v2", "/app/app"),
        ("go build example.com/foo/v2/cmd/two", "/app/two"),
        ("go build main.go util.go", "/app/main"),
        ("go build cmd/two/run.go", "/app/run"),
        ("go build *.go", "/app/*?"),
        ("go build ./...", "/app/*?"),
        ("go build ./cmd/a ./cmd/b", "unplaced"),
        ("cd cmd/two && go build", "/app/cmd/two/two"),
        ("cd cmd/app/v2 && go build", "/app/cmd/app/v2/app"),
        ("go build -C cmd/two -o rel", "/app/cmd/two/rel"),
        ("go build -C cmd/two", "/app/cmd/two/two"),
        ("cd /elsewhere && go build", "/elsewhere/*?"),
        ("cd /elsewhere && go build ./cmd/x", "/elsewhere/x"),
        ("GOOS=windows go build ./cmd/two", "/app/two.exe"),
        ("GOOS=windows go build -o x ./cmd/two", "/app/x"),
        ("export GOOS=windows; go build -o bin/ ./cmd/two", "/app/bin/two.exe"),
        ("go build -buildmode=plugin ./cmd/two", "/app/two.so"),
        ("go build -buildmode=c-archive ./cs", "/app/cs.a /app/cs.h"),
        ("go build -buildmode=c-shared -o lib.so ./cs", "/app/lib.so /app/lib.h"),
        ("go install ./cmd/two", "/go/bin/two"),
        ("go install .", "/go/bin/foo"),
        ("go install ./...", "/go/bin/*?"),
        ("GOBIN=/out go install ./cmd/two", "/out/two"),
        ("GOARCH=arm64 GOOS=linux go install ./cmd/two", "/go/bin/two? /go/bin/linux_arm64/two?"),
        ("GOOS=linux go install ./cmd/two", "/go/bin/two"),
        ("go install github.com/x/tool/v3@latest", "/go/bin/tool"),
        ("go install gopkg.in/x/yaml.v2@v2.1.0", "/go/bin/yaml.v2"),
        ("go test ./... && go vet ./...", ""),
        ("go run .", ""),
        ("go build -o app . || true", "/app/app?"),
        ("N=srv && go build -o /bin/$N .", "/bin/srv"),
    ] {
        assert_eq!(shown(text, &gopath), want, "{text}");
    }
    assert_eq!(shown("go install ./cmd/two", &[]), "/go/bin/two? /root/go/bin/two?");
}

#[test]
fn other_products() {
    for (text, want) in [
        ("cargo build --release", "/app/target/release/one /app/target/release/two"),
        ("cargo build --release --bin one", "/app/target/release/one"),
        (
            "cargo build --profile dist --target x86_64-unknown-linux-musl -p svc",
            "/app/target/x86_64-unknown-linux-musl/dist/svc",
        ),
        ("cargo build --manifest-path crate/Cargo.toml", "/app/crate/target/debug/single-bin"),
        ("cargo install --path crate --root /out", "/out/bin/single-bin"),
        ("cargo install ripgrep", "/usr/local/cargo/bin/ripgrep?"),
        ("CARGO_TARGET_DIR=/t cargo build -r", "/t/release/one /t/release/two"),
        ("gcc -O2 main.c -o /usr/bin/prog -lm", "/usr/bin/prog"),
        ("g++ a.cc", "/app/a.out"),
        ("rustc hello.rs", "/app/hello?"),
        ("make", "unplaced"),
        ("make install PREFIX=/opt/x", "/opt/x/**?"),
        ("npm run build", "/app/build/**? /app/dist/**? /app/lib/**?"),
        (
            "yarn build:prod",
            "/app/.next/**? /app/.output/**? /app/build/**? /app/dist/**? /app/lib/**? /app/out/**? /app/public/**?",
        ),
        ("npx next build", "/app/.next/**? /app/out/**?"),
        ("dotnet publish -c Release -o /out", "/out/**"),
        ("MIX_ENV=prod mix release", "/app/_build/prod/rel/**"),
        ("MIX_ENV=prod mix release web", "/app/_build/prod/rel/web/**"),
        ("javac Main.java", "/app/*.class?"),
        ("javac -d out Main.java", "/app/out/**"),
        ("cmake -S . -B build && cmake --build build", "/app/build/**? /app/build/**"),
        ("cmake --install build --prefix /opt/y", "/opt/y/**"),
        ("hugo -d /site", "/site/**"),
        ("hugo", "/app/public/**?"),
        ("zig build --prefix /z", "/z/**"),
        ("swift build -c release", "/app/.build/**?"),
    ] {
        let want: Vec<&str> = want.split(' ').map(|w| w.trim_end_matches('?')).collect();
        let got = shown(text, &[]);
        let got_paths: Vec<&str> = got.split(' ').map(|w| w.trim_end_matches('?')).collect();
        assert_eq!(got_paths, want, "{text}");
    }
    assert!(shown("mvn package", &[]).starts_with("/app/target/*.jar?"));
    assert_eq!(shown("mvn dependency:go-offline", &[]), "");
}
