#!/bin/sh
# Makes .venv from a lock file and sees to what pip cannot install. Usage: deploy/install.sh run|dev
# Quick when there is nothing to do. Whatever it may not install itself, it prints as one command and goes on where it can.
set -eu
cd "$(dirname "$0")/.."

case "${1:-run}" in
run) lock=requirements.lock ;;
dev) lock=requirements-dev.lock ;;
*) echo "usage: $0 run|dev" >&2; exit 2 ;;
esac
venv=.venv
var="${VAR_DIR:-var}"
fonts="$var/fonts"

say() { printf '%s\n' "$*" >&2; }

find_python() {
    # 3.11 and 3.12 first: for later ones the embedded Redis has to be compiled.
    for name in ${PYTHON:-} python3.12 python3.11 python3 python3.13 python3.14; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    say "需要 Python 3.11 或更高版本。 / Python 3.11 or later is needed."
    return 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null
}

# Installs what is missing of the named packages, or prints the one command that does. Succeeds when all are there.
packages() {
    if command -v dpkg-query >/dev/null; then
        missing=""
        for package in "$@"; do
            dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -q '^installed' || missing="$missing $package"
        done
        [ -z "$missing" ] && return
        if may_install; then
            say "正在安装系统组件 / Installing:$missing"
            # Lists of packages may be absent or old: ask for new ones only when the install fails without.
            # shellcheck disable=SC2086  # one word a package
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null 2>&1 ||
                { as_root apt-get update -qq &&
                    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null; } &&
                return
        fi
        say "请运行 / Please run:  sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing"
        return 1
    fi
}

mac_packages() {
    missing=""
    for formula in pango gettext; do
        brew list --formula "$formula" >/dev/null 2>&1 || missing="$missing $formula"
    done
    [ -z "$missing" ] && return
    say "正在安装系统组件 / Installing:$missing"
    # shellcheck disable=SC2086
    if ! { command -v brew >/dev/null && brew install --quiet $missing; }; then
        say "请运行 / Please run:  brew install$missing"
    fi
}

native() {
    wanted="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk fonts-noto-cjk-extra gettext"
    [ "$lock" = requirements.lock ] || wanted="$wanted chromium poppler-utils"
    if [ "$(uname)" = Darwin ]; then
        mac_packages
    elif command -v dpkg-query >/dev/null; then
        # shellcheck disable=SC2086
        packages $wanted || say "在此之前打印文件可能出错或缺字。 / Until then printed documents may fail or lack characters."
    else
        say "请确认已安装 Pango、中文字体和 gettext。 / Make sure that Pango, a CJK font and gettext are installed."
    fi
}

# Fandol's 仿宋, 楷体 and 黑体 lie in a TeX archive. Its files are taken out; TeX is not installed.
fandol() {
    # Root lets the database's user pass through var/; nobody may list it.
    [ -d "$var" ] || mkdir -m "$([ "$(id -u)" = 0 ] && echo 711 || echo 700)" "$var"
    mkdir -p "$fonts"
    [ -e "$fonts/FandolFang-Regular.otf" ] || [ -e "$fonts/.asked" ] && return
    touch "$fonts/.asked"
    if command -v apt-get >/dev/null; then
        work=$(mktemp -d)
        if (cd "$work" && chmod 755 . && apt-get download -qq texlive-lang-chinese >/dev/null 2>&1 &&
            dpkg -x texlive-lang-chinese_*.deb out); then
            find "$work/out" -name 'Fandol*.otf' -exec cp {} "$fonts/" \;
        fi
        rm -rf "$work"
    fi
    [ -e "$fonts/FandolFang-Regular.otf" ] ||
        say "没有取到 Fandol 字体，打印时用备用字体（删除 $fonts/.asked 可重试）。" \
            "/ Fandol fonts were not to be had: printing falls back (remove $fonts/.asked to try again)."
}

environment() {
    "$venv/bin/python" -c '' 2>/dev/null || {
        python=$(find_python)
        "$python" -c 'import ensurepip' 2>/dev/null ||
            packages "python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
        rm -rf "$venv"
        "$python" -m venv "$venv"
    }
    stamp="$venv/$lock.cksum"
    sum=$(cksum <"$lock")
    [ "$(cat "$stamp" 2>/dev/null || true)" = "$sum" ] && return
    if "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 13))' && ! command -v cc >/dev/null; then
        packages gcc make libc6-dev
    fi
    say "正在安装 Python 组件（只在首次或升级后）… / Installing Python packages (first time or after an upgrade) …"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r "$lock"
    printf '%s' "$sum" >"$stamp"
}

environment
native
fandol
