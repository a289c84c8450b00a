//! Tables over single commands: what each is taken for.

use super::testing::script;
use super::tools::Action;
use super::*;

/// One line for what a command is taken for.
fn shown(text: &str) -> String {
    let script = script(text);
    let command = Command::of(&script.invocations[0]).unwrap();
    let understood = understand(&command);
    let words = |words: &[&Word]| -> String { words.iter().map(|w| format!(" {}", w.raw)).collect() };
    let values =
        |values: &[Value<'_>]| -> String { values.iter().map(|v| format!(" {}", v.text().unwrap_or("?"))).collect() };
    let option = |name: &str, value: Option<Value<'_>>| -> String {
        value.map_or(String::new(), |v| format!(" {name}={}", v.text().unwrap_or("?")))
    };
    match &understood {
        Understood::Pip(p) => format!(
            "pip {:?} -r{} -e{} |{}{}{}",
            p.verb,
            values(&p.requirements),
            values(&p.editable),
            words(&p.packages),
            if p.no_cache { " no-cache" } else { "" },
            if p.names_development() { " dev" } else { "" },
        ),
        Understood::Node(n) => format!(
            "{:?} {:?} {:?}{} {:?}{}",
            n.tool,
            n.verb,
            n.script.unwrap_or(""),
            words(&n.packages),
            n.development,
            if n.produces() { " produces" } else { "" },
        ),
        Understood::Go(g) => {
            format!("go {:?}{}{}{}", g.verb, option("o", g.output), option("C", g.directory), words(&g.packages))
        }
        Understood::Cargo(c) => {
            format!("cargo {:?} {:?}{}{}", c.verb, c.profile, option("target", c.target), words(&c.crates))
        }
        Understood::Compile(c) => format!(
            "{} {:?}{} |{} -l{}",
            c.compiler,
            c.mode,
            option("o", c.output),
            words(&c.inputs),
            values(&c.libraries)
        ),
        Understood::Make(m) => format!(
            "make{}{}{}",
            words(&m.targets),
            option("C", m.directory),
            m.variables.iter().map(|(n, v)| format!(" {n}={}", v.text().unwrap_or("?"))).collect::<String>()
        ),
        Understood::Tool(t) => format!("{:?} {:?} {:?}{}", t.tool, t.action, t.development, option("out", t.output)),
        Understood::Download(d) => format!(
            "download{} {}{}{}",
            values(&d.urls),
            match d.target {
                downloads::DownloadTarget::Stdout => "stdout".to_owned(),
                downloads::DownloadTarget::File(f) => format!("file {}", f.text().unwrap_or("?")),
                downloads::DownloadTarget::RemoteName => format!("as {}", d.remote_name().unwrap_or_default()),
            },
            if d.checks_certificates { "" } else { " insecure" },
            if d.fails_on_error { " fails" } else { "" },
        ),
        Understood::Git(g) => format!(
            "{} {:?} {}{}",
            g.tool,
            g.verb,
            g.directory.and_then(|w| w.text()).or(g.default_directory()).unwrap_or("-"),
            if g.pinned { " pinned" } else { "" }
        ),
        Understood::Extract(e) => {
            format!("extract {:?}{}{}", e.kind, option("from", e.archive), option("to", e.directory))
        }
        Understood::Pack(p) => format!("pack{}{}", option("to", p.archive), words(&p.inputs)),
        Understood::File(f) => format!(
            "{:?} {:?}{} ->{}{}{}{}",
            f.action,
            f.depth,
            words(&f.sources),
            values(&f.targets),
            if f.into_directory { " into" } else { "" },
            option("mode", f.mode),
            option("owner", f.owner),
        ),
        Understood::Account(a) => format!(
            "{:?} {}{}{}{}{}{}",
            a.action,
            a.name.and_then(|w| w.text()).unwrap_or("?"),
            option("uid", a.uid),
            option("group", a.group),
            option("groups", a.groups),
            option("home", a.home),
            if a.system { " system" } else { "" },
        ),
        Understood::State(s) => format!("{:?}{}", s.kind, words(&s.operands)),
        Understood::Cd(to) => format!("cd {}", to.map_or("~", |w| &w.raw)),
        Understood::Export(v) => format!("export{}", v.iter().map(|(n, _)| format!(" {n}")).collect::<String>()),
        Understood::SetOption { on, off } => format!(
            "set {}{}{}",
            if on.errexit { "+e" } else { "" },
            if on.pipefail { "+p" } else { "" },
            if off.errexit { "-e" } else { "" }
        ),
        Understood::Source(w) => format!("source {}", w.raw),
        Understood::Print(p) => {
            format!("print{}{}", words(&p.words), p.file.map_or(String::new(), |f| format!(" > {}", f.raw)))
        }
        Understood::EditInPlace(e) => format!("edit{}{}", words(&e.files), if e.backup { " backup" } else { "" }),
        Understood::Tee { files, append } => format!("tee{}{}", words(files), if *append { " append" } else { "" }),
        Understood::Test(w) => format!("test{}", words(w)),
        Understood::Pure(p) => format!("pure{}", words(&p.reads)),
        Understood::Script(s) => format!("script {}", s.word.raw),
        Understood::Unset(w) => format!("unset{}", words(w)),
        Understood::Unknown => "unknown".into(),
        Understood::PackageInstall(_) | Understood::PackageRemove(_) | Understood::PackageMaintenance(_) => {
            "packages".into()
        }
    }
}

fn check(table: &[(&str, &str)]) {
    for (text, want) in table {
        assert_eq!(shown(text), *want, "{text}");
    }
}

#[test]
fn files() {
    check(&[
        ("cp -r a b /out", "Copy Trees a b -> /out into"),
        ("cp a /out/", "Copy Files a -> /out/ into"),
        ("cp -t /out a", "Copy Files a -> /out into"),
        ("mv a b", "Move Trees a -> b"),
        ("rm -rf /tmp/* ~/.cache", "Remove Trees -> ? ~/.cache"),
        ("rm -f a", "Remove Files -> a"),
        ("mkdir -p -m 755 /a /b", "MakeDirectory Files -> /a /b mode=755"),
        ("ln -sf /a /b", "Link Files /a -> /b"),
        ("chmod -R g+w /a", "Mode Trees -> /a mode=g+w"),
        ("chmod -x /a", "Mode Files -> /a mode=-x"),
        ("chmod 0755 /a /b", "Mode Files -> /a /b mode=0755"),
        ("chown -R app:app /a", "Owner Trees -> /a owner=app:app"),
        ("install -m 0755 -o root a /usr/bin/b", "Copy Files a -> /usr/bin/b mode=0755 owner=root"),
        ("install -d /a", "MakeDirectory Files -> /a"),
        ("find /a -type f -exec chmod 644 {} +", "Mode Trees -> /a mode=644"),
        ("find /a -name '*.pyc' -delete", "Remove Trees -> /a"),
        ("find /a -exec ./x {} +", "unknown"),
        ("find /a -name b", "pure /a"),
        ("dd if=/dev/zero of=/swap bs=1M", "Touch Files -> /swap"),
        ("strip bin/app", "Rewrite Files -> bin/app"),
        ("rsync -a --exclude .git src/ /dst", "Copy Trees src/ -> /dst"),
    ]);
}

#[test]
fn downloads_and_archives() {
    check(&[
        ("curl -fsSL https://x/y.sh", "download https://x/y.sh stdout fails"),
        ("curl -kLo /tmp/y https://x/y", "download https://x/y file /tmp/y insecure"),
        ("curl -OL https://x/y.tgz?z=1", "download ? as y.tgz"),
        ("curl --retry 3 -H 'A: b' -o y -- https://x/y", "download https://x/y file y"),
        ("wget -qO- https://x/y", "download https://x/y stdout fails"),
        ("wget --no-check-certificate https://x/a/y.zip", "download https://x/a/y.zip as y.zip insecure fails"),
        ("wget -nv -O /y https://x/$V", "download ? file /y fails"),
        ("git clone --depth=1 -b v1 https://x/o/r.git", "git Clone r pinned"),
        ("git clone git@x:o/r dir", "git Clone dir"),
        ("git -C /src checkout abc", "git Update -"),
        ("git describe --tags", "git Query -"),
        ("tar xzf a.tgz -C /opt --strip-components=1", "extract Members from=a.tgz to=/opt"),
        ("tar -xf a.tar -C /opt", "extract Members from=a.tar to=/opt"),
        ("tar xzC /opt", "extract Members to=/opt"),
        ("tar xfC a.tar /opt", "extract Members from=a.tar to=/opt"),
        ("tar --extract --file a.tar", "extract Members from=a.tar"),
        ("tar tf a.tar", "extract List from=a.tar"),
        ("tar czf a.tgz src", "pack to=a.tgz src"),
        ("unzip -q a.zip -d /opt", "extract Members from=a.zip to=/opt"),
        ("gunzip a.gz", "extract Replace from=a.gz"),
        ("gzip -d -c a.gz", "extract Stdout from=a.gz"),
        ("gzip a", "pack a"),
        ("patch -p1 -d /src -i a.patch", "extract Members from=a.patch to=/src"),
        ("7z x a.7z -o/opt", "extract Members from=a.7z to=/opt"),
    ]);
}

#[test]
fn accounts_and_state() {
    check(&[
        ("useradd -r -u 1001 -g app -d /srv app", "AddUser app uid=1001 group=app home=/srv system"),
        ("useradd -m -s /bin/bash -G sudo,docker me", "AddUser me groups=sudo,docker"),
        ("adduser -D -u 1000 -G app -h /home/x app", "AddUser app uid=1000 group=app home=/home/x"),
        ("adduser --disabled-password --gecos '' --uid 1000 app", "AddUser app uid=1000"),
        ("adduser -S -G app app", "AddUser app group=app system"),
        ("adduser app docker", "AddToGroup app groups=docker"),
        ("addgroup -g 1000 -S app", "AddGroup app group=1000 system"),
        ("addgroup app wheel", "AddToGroup app groups=wheel"),
        ("groupadd --gid 10 app", "AddGroup app group=10"),
        ("usermod -aG docker app", "AddToGroup app groups=docker"),
        ("chpasswd", "Password ?"),
        ("a2enmod rewrite headers", "WebModule rewrite headers"),
        ("setcap cap_net_bind_service=+ep /app", "Capabilities cap_net_bind_service=+ep /app"),
        ("ldconfig", "LinkerCache"),
        ("update-ca-certificates", "Certificates"),
        ("locale-gen en_US.UTF-8", "Locale en_US.UTF-8"),
        ("sed -i 's/a/b/' f g", "edit f g"),
        ("sed -i.bak -e s/a/b/ f", "edit f backup"),
        ("sed s/a/b/ f", "pure f"),
        ("perl -pi -e 's/a/b/' f", "edit f"),
        ("perl x.pl", "unknown"),
        ("echo hi > /etc/motd", "print hi > /etc/motd"),
        ("tee -a /etc/x", "tee /etc/x append"),
        ("cd /x", "cd /x"),
        ("cd", "cd ~"),
        ("export A=b C", "export A C"),
        ("set -eux -o pipefail", "set +e+p"),
        ("set -euxo pipefail", "set +e+p"),
        ("set +e", "set -e"),
        (". /etc/profile", "source /etc/profile"),
        ("[ -f /x ]", "test -f /x ]"),
        ("exec 2>&1", "pure"),
        ("sh -c 'make x'", "script 'make x'"),
        ("sudo -u app sh -c 'make x'", "script 'make x'"),
        ("whatever --x", "unknown"),
        ("whatever --version", "pure"),
        ("$X a", "unknown"),
    ]);
}

#[test]
fn languages() {
    check(&[
        ("pip install --no-cache-dir -r requirements.txt", "pip Install -r requirements.txt -e | no-cache"),
        ("python3 -m pip install -U pip 'flask==2'", "pip Install -r -e | pip 'flask==2'"),
        ("pip3.11 install -e '.[dev]'", "pip Install -r -e .[dev] | dev"),
        ("pip install -r requirements-dev.txt", "pip Install -r requirements-dev.txt -e | dev"),
        ("pip install -r requirements/test.txt", "pip Install -r requirements/test.txt -e | dev"),
        ("uv pip install --system -r r.txt", "pip Install -r r.txt -e |"),
        ("pip wheel -w /w -r r.txt", "pip Wheel -r r.txt -e |"),
        ("python app.py", "unknown"),
        ("npm ci --omit=dev", "Npm CleanInstall \"\" Excluded"),
        ("npm install", "Npm Install \"\" ByEnvironment(\"NODE_ENV\")"),
        ("npm i -g typescript", "Npm AddGlobal \"\" typescript None"),
        ("npm --prefix web install --production", "Npm Install \"\" Excluded"),
        ("npm run build -- --prod", "Npm Run \"build\" None produces"),
        ("npm run dev", "Npm Run \"dev\" None"),
        ("npm cache clean --force", "Npm CacheClean \"\" None"),
        ("npm prune --production", "Npm Prune \"\" Excluded"),
        ("yarn", "Yarn Install \"\" ByEnvironment(\"NODE_ENV\")"),
        ("yarn install --production=true", "Yarn Install \"\" Excluded"),
        ("yarn install --production=false", "Yarn Install \"\" Included"),
        ("yarn build", "Yarn Run \"build\" None produces"),
        ("yarn global add serve", "Yarn AddGlobal \"\" serve None"),
        ("yarn workspaces focus --production", "Yarn Install \"\" Excluded"),
        ("pnpm install --prod --frozen-lockfile", "Pnpm Install \"\" Excluded"),
        ("pnpm -r build", "Pnpm Run \"build\" None produces"),
        ("bun install --production", "Bun Install \"\" Excluded"),
        ("npx tsc -p .", "Npm Exec \"tsc\" -p . None produces"),
        ("npx vite build", "Npm Exec \"vite\" build None produces"),
        ("go build -ldflags='-s -w' -o /app ./cmd/x", "go Build o=/app ./cmd/x"),
        ("go mod download -x", "go ModDownload"),
        ("go get -d -v ./...", "go Get ./..."),
        ("go env -w GOPROXY=direct", "go EnvWrite GOPROXY=direct"),
        ("xx-go build -o x", "go Build o=x"),
        (
            "cargo build --release --target x86_64-unknown-linux-musl",
            "cargo Build Some(\"release\") target=x86_64-unknown-linux-musl",
        ),
        ("cargo +nightly install --locked foo", "cargo Install Some(\"release\") foo"),
        ("cargo chef cook --release", "cargo ChefCook Some(\"release\")"),
        ("gcc -Wall -O2 -I inc -o prog main.c -lcurl $(pkg-config --libs x)", "gcc Link o=prog | main.c -l curl"),
        ("x86_64-linux-gnu-gcc-12 -c a.c", "x86_64-linux-gnu-gcc-12 Object | a.c -l"),
        ("gcc --version", "gcc Query | -l"),
        ("g++ *.cpp -oprog", "g++ Link o=prog | *.cpp -l"),
        ("make -C src -j 4 install PREFIX=/usr", "make install C=src PREFIX=/usr"),
        ("make -j$(nproc)", "make"),
    ]);
}

#[test]
fn tools() {
    check(&[
        ("mvn -B -DskipTests clean package", "Maven Build None"),
        ("./mvnw dependency:go-offline -B", "Maven Fetch None"),
        ("mvn spring-boot:run", "Maven Start None"),
        ("gradle --no-daemon :app:bootJar -x test", "Gradle Build None"),
        ("./gradlew dependencies", "Gradle Fetch None"),
        ("sbt clean assembly", "Sbt Build None"),
        ("dotnet restore", "Dotnet Fetch None"),
        ("dotnet publish -c Release -o /out", "Dotnet Build None out=/out"),
        ("dotnet run", "Dotnet Start None"),
        ("mix deps.get --only prod", "Mix Fetch Excluded"),
        ("mix deps.get", "Mix Fetch ByEnvironment(\"MIX_ENV\")"),
        ("mix release", "Mix Build None"),
        ("mix phx.server", "Mix Start None"),
        ("composer install --no-dev --no-scripts", "Composer InstallDependencies Excluded"),
        ("composer install", "Composer InstallDependencies ByEnvironment(\"COMPOSER_NO_DEV\")"),
        ("docker-php-ext-install -j4 gd", "PhpExtension InstallDependencies None"),
        ("bundle install --without development test", "Bundler InstallDependencies Excluded"),
        ("bundle exec rake assets:precompile", "Bundler Build None"),
        ("rails assets:precompile", "Rake Build None"),
        ("gem install bundler -v 2.1", "Gem InstallDependencies None"),
        ("poetry install --only main", "Poetry InstallDependencies Excluded"),
        ("poetry install --no-root", "Poetry InstallDependencies Included"),
        ("pipenv install --deploy --system", "Pipenv InstallDependencies Excluded"),
        ("uv sync --frozen --no-dev", "Uv InstallDependencies Excluded"),
        ("uv sync", "Uv InstallDependencies ByEnvironment(\"UV_NO_DEV\")"),
        ("python -m venv /venv", "Virtualenv Configure None"),
        ("python manage.py collectstatic --noinput", "PythonWeb Build None"),
        ("python setup.py install", "SetupPy Install None"),
        ("conda env create -f environment.yml", "Conda InstallDependencies None"),
        ("swift build -c release", "Swift Build None"),
        ("swift package resolve", "Swift Fetch None"),
        ("stack build --only-dependencies", "Stack Build None"),
        ("cmake -S . -B build", "Cmake Build None out=build"),
        ("cmake --build build", "Cmake Build None"),
        ("cmake --install build --prefix /opt", "Cmake Install None out=/opt"),
        ("./configure --prefix=/usr", "Autotools Build None out=/usr"),
        ("meson setup build", "Meson Build None"),
        ("hugo --minify", "Hugo Build None"),
        ("hugo server", "Hugo Start None"),
        ("jekyll build -d /site", "Jekyll Build None out=/site"),
        ("tsc", "JsBuild Build None"),
        ("ng build --prod", "JsBuild Build None"),
        ("ng serve", "JsBuild Start None"),
        ("vite", "JsBuild Start None"),
        ("deno compile -o app main.ts", "Deno Build None out=app"),
        ("zig build -Doptimize=ReleaseSafe", "Zig Build None"),
        ("javac -d out Main.java", "Javac Build None out=out"),
        ("java -Djarmode=tools -jar a.jar extract --layers --destination x", "Jar Build None out=x"),
        ("java -jar a.jar", "unknown"),
        ("rustup target add wasm32", "Rustup InstallDependencies None"),
        ("cpanm --installdeps .", "Cpan InstallDependencies None"),
    ]);
    assert!(Action::Install > Action::Build && Action::Build > Action::Fetch);
}

#[test]
fn what_needs_its_toolchain_to_run() {
    for (text, want) in [
        ("go run .", true),
        ("cargo run", true),
        ("npm run dev", true),
        ("npm start", false),
        ("npx nodemon x", true),
        ("mvn spring-boot:run", true),
        ("mix phx.server", true),
        ("dotnet watch", true),
        ("node dist/x.js", false),
        ("java -jar x.jar", false),
        ("flask run", false),
        ("make run", true),
        ("sleep 1", false),
    ] {
        let script = script(text);
        let command = Command::of(&script.invocations[0]).unwrap();
        assert_eq!(understand(&command).needs_toolchain(), want, "{text}");
    }
}

#[test]
fn bundler_may_be_told_before() {
    for (text, want) in [
        ("bundle config set --local without 'development test'", true),
        ("bundle config set without development:test", true),
        ("bundle config set deployment true", false),
        ("bundle install", false),
    ] {
        let script = script(text);
        let command = Command::of(&script.invocations[0]).unwrap();
        let Understood::Tool(run) = understand(&command) else {
            panic!("{text}");
        };
        assert_eq!(run.turns_development_off(), want, "{text}");
    }
}

#[test]
fn ranges_point_at_the_text() {
    let text = "sudo -E apt-get install -y 'gcc' make=4.3";
    let script = script(text);
    let command = Command::of(&script.invocations[0]).unwrap();
    let Understood::PackageInstall(install) = understand(&command) else {
        panic!("not an install");
    };
    let at = |range: &std::ops::Range<u32>| &text[range.start as usize..range.end as usize];
    assert_eq!(at(&install.verb.range), "install");
    assert_eq!(at(&install.packages[0].word.range), "'gcc'");
    assert_eq!(at(&install.packages[1].word.range), "make=4.3");
    assert_eq!(at(&command.wrappers()[0].range), "sudo -E");
    assert_eq!(at(&command.range()), &text[8..]);
}
