FROM debian:trixie
SHELL ["/bin/bash", "-euxo", "pipefail", "-c"]
RUN arr=(one "two three" four); for i in "${!arr[@]}"; do echo "$i=${arr[$i]}"; done
RUN [[ "$(uname -s)" == L* && -n ${HOME} ]] && echo $'tab\there' {a,b}{1..3}
RUN diff <(echo a) <(echo a); cat <<<"here"; (( 3 > 2 )) && echo "${HOME^^} ${HOME//\//-} ${#HOME}"
RUN function greet { local who=${1:?nobody}; echo "hello ${who,,}"; }; greet WORLD |& tee /tmp/greeting
