# Sourced by bin/dev, bin/test and bin/check: finds a Python, makes .venv, installs what a lock file pins.
# Bash. Every function prints plain sentences; what goes wrong is said in one, with what to do.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
venv="$root/.venv"
python="$venv/bin/python"
oldest_python=11
newest_python=14
# Each check and test starts hundreds of processes: what the first has compiled the others need not compile anew.
unset PYTHONDONTWRITEBYTECODE

say() { printf '%s\n' "$*"; }

give_up() {
    printf '%s\n' "$*" >&2
    exit 1
}

# step NAME COMMAND...: runs the command, says its name and its seconds; its output is shown only if it fails.
step() {
    local name="$1" log started ended
    shift
    log="$(mktemp)"
    started="$(date +%s%N)"
    if ! "$@" >"$log" 2>&1 9>&-; then
        cat "$log" >&2
        rm -f "$log"
        give_up "Could not finish: $name. The lines above say why."
    fi
    rm -f "$log"
    ended="$(date +%s%N)"
    printf '%-42s %5d.%d s\n' "$name" $(((ended - started) / 1000000000)) $(((ended - started) / 100000000 % 10))
}

python_is_in_range() {
    "$1" -c "import sys; sys.exit(not (3, $oldest_python) <= sys.version_info[:2] <= (3, $newest_python))" 2>/dev/null
}

# Prints the command of a Python in range; PYTHON=... has the first word.
find_python() {
    local candidate seen=""
    if [ -n "${PYTHON:-}" ]; then
        python_is_in_range "$PYTHON" && { say "$PYTHON"; return; }
        give_up "PYTHON=$PYTHON is not a Python 3.$oldest_python to 3.$newest_python: name one that is, or leave PYTHON unset."
    fi
    for candidate in python3 python3.11 python3.12 python3.13 python3.14; do
        python_is_in_range "$candidate" && { say "$candidate"; return; }
    done
    seen="$(python3 --version 2>/dev/null || say "no Python at all")"
    give_up "Colonnade needs Python 3.$oldest_python to 3.$newest_python and found ${seen:-no Python at all}: install one (Debian 12: apt-get install python3 python3-venv) or say PYTHON=/path/to/python3.12 $0."
}

# apt_install PACKAGE...: as root or with sudo; otherwise prints the one line to run and ends with 1.
apt_install() {
    local become=()
    command -v apt-get >/dev/null || give_up "This machine has no apt-get; please install by its own means: $*"
    if [ "$(id -u)" != 0 ]; then
        if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
            become=(sudo)
        else
            give_up "Please run this line as root, then try again:  apt-get install -y --no-install-recommends $*"
        fi
    fi
    say "Installing from Debian: $*"
    if ! apt-cache show "$@" >/dev/null 2>&1; then
        step "  apt-get update" "${become[@]}" apt-get -q update
    fi
    if printf '%s\n' "$@" | grep -qx postgresql; then
        # No cluster of its own: the tests make one in a temporary folder and remove it again.
        "${become[@]}" mkdir -p /etc/postgresql-common/createcluster.d
        say "create_main_cluster = false" |
            "${become[@]}" tee /etc/postgresql-common/createcluster.d/no-main-cluster.conf >/dev/null
        say "  (PostgreSQL without a main cluster: create_main_cluster = false)"
    fi
    step "  apt-get install" "${become[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y --no-install-recommends install "$@"
}

digest_of() { sha256sum "$1" | cut -d ' ' -f 1; }

is_installed() { grep -qsx "$1 $(digest_of "$root/$1")" "$venv/installed-locks"; }

make_venv() {
    local chosen
    chosen="$(find_python)" || exit 1
    if ! "$chosen" -c 'import ensurepip, venv' 2>/dev/null; then
        case "$(command -v "$chosen")" in
            /usr/bin/python3) apt_install python3-venv ;;
            /usr/bin/*) apt_install "$(basename "$chosen")-venv" ;;
            *) give_up "$chosen was built without venv and ensurepip: choose another with PYTHON=/path/to/python3." ;;
        esac
    fi
    rm -rf "$venv"
    step "Virtual environment" "$chosen" -m venv "$venv"
}

pip_install() {
    "$python" -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes --requirement "$1"
}

# install_packages LOCKFILE: by uv where the lock pins it, which takes a sixth of the time; by pip where there is none, or
# where it cannot reach what pip is told to reach. Either checks every file against the lock's hashes.
install_packages() {
    local pinned
    pinned="$(mktemp)"
    sed -n '/^uv==/,/[^\\]$/p' "$1" >"$pinned"
    if [ -s "$pinned" ] && pip_install "$pinned" &&
        "$venv/bin/uv" pip install --quiet --system-certs --python "$python" --no-deps --require-hashes --requirement "$1"; then
        rm -f "$pinned"
        return
    fi
    rm -f "$pinned"
    pip_install "$1"
}

# install_lock LOCKFILE: makes .venv where it is missing and installs what the lock pins, checked by hash.
# Does nothing when that very lock is installed already. Two commands started at once wait for each other.
install_lock() {
    local lock="$1"
    mkdir -p "$root/var"
    (
        flock 9
        python_is_in_range "$python" || make_venv
        is_installed "$lock" && exit 0
        "$python" -m pip --version >/dev/null 2>&1 || step "pip" "$python" -m ensurepip
        step "Packages of $lock" install_packages "$root/$lock"
        {
            say "$lock $(digest_of "$root/$lock")"
            # The lock for tests holds every line of the other (bin/check sees to it).
            [ "$lock" = requirements.lock ] || say "requirements.lock $(digest_of "$root/requirements.lock")"
        } >"$venv/installed-locks"
    ) 9>"$root/var/environment.lock" || exit 1
}

# Puts this checkout on the path of .venv and the `colonnade` command in its bin: nothing is built or copied.
link_checkout() {
    local packages
    packages="$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
    say "$root" >"$packages/colonnade-checkout.pth"
    cat >"$venv/bin/colonnade" <<END
#!$python
import sys

from colonnade.cli import main

sys.exit(main())
END
    chmod +x "$venv/bin/colonnade"
}
