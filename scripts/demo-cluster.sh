#!/usr/bin/env bash
# Two receivers behind nginx share a journal in PostgreSQL. Both are killed under load; a query node has every delivery.
set -euo pipefail
cd "$(dirname "$0")/.."

postgres=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
nginx=$(PATH=$PATH:/usr/sbin command -v nginx || true)
if [ -z "$postgres" ] || [ -z "$nginx" ]; then
    echo "This demo needs PostgreSQL and nginx: sudo apt-get install postgresql nginx-light" >&2
    exit 1
fi

. scripts/stage.sh demo
chmod 711 "$work"
url="postgres://postgres@/callbox?host=$work/postgres"

# PostgreSQL does not run as root.
unprivileged=()
[ "$(id -u)" != 0 ] || unprivileged=(setpriv --reuid=nobody --regid=nogroup --clear-groups)

query() { "$postgres/psql" -XAtq "$url" -c "$1"; }

serve() {
    "$bin/callbox" serve --listen "127.0.0.1:${port[$1]}" --config "$work/$1.yaml" --archive "$work/$1" \
        >"$work/$1.out" 2>>"$work/$1.log" &
    server[$1]=$!
    address=$(address_in "$work/$1.out" "${server[$1]}")
}

# Repeats a delivery until it gets a 200, as providers do, and notes its ID.
deliver() {
    for number in $(seq "$1" "$2"); do
        until id=$(curl -sf -m 10 --data "{\"productName\":\"demo\",\"productReportId\":\"$number\"}" \
            "http://127.0.0.1:$front/klavi"); do sleep 0.1; done
        echo "$id" >>"$work/acknowledged"
    done
}

wait_for() {
    for _ in $(seq 400); do
        "$@" && return
        sleep 0.05
    done
    echo "waited too long for: $*" >&2
    return 1
}

free_port() {
    for _ in $(seq 50); do
        candidate=$((20000 + RANDOM % 20000))
        (: <"/dev/tcp/127.0.0.1/$candidate") 2>/dev/null || { echo "$candidate"; return; }
    done
}

step "1. PostgreSQL starts, with an empty database" "createdb callbox && callbox journal init postgres://…"
mkdir -m 700 "$work/postgres"
[ "$(id -u)" != 0 ] || chown nobody "$work/postgres"
(cd "$work/postgres" && "${unprivileged[@]}" "$postgres/initdb" -D "$work/postgres/data" -U postgres -A trust -E UTF8 >/dev/null)
"${unprivileged[@]}" "$postgres/postgres" -D "$work/postgres/data" -k "$work/postgres" -c listen_addresses= \
    2>"$work/postgres.log" &
wait_for "$postgres/pg_isready" -q -h "$work/postgres"
"$postgres/createdb" -h "$work/postgres" -U postgres callbox
"$bin/callbox" journal init "$url"

step "2. Two receivers behind nginx, and a query node" "callbox serve --config a.yaml; callbox follow --from postgres://…"
declare -A port server
front=$(free_port)
for node in a b; do
    port[$node]=$(free_port)
    cat >"$work/$node.yaml" <<YAML
sources: {klavi: {verify: none}}
journal: {url: "$url", node: $node, lease: 1s}
YAML
    serve "$node"
    echo "receiver $node listens on 127.0.0.1:${port[$node]}"
done
cat >"$work/nginx.conf" <<NGINX
pid $work/nginx.pid;
daemon off;
master_process off;
error_log $work/nginx.log;
events {}
http {
    access_log off;
    client_body_temp_path $work/nginx-body;
    proxy_temp_path $work/nginx-proxy;
    fastcgi_temp_path $work/nginx-fastcgi;
    uwsgi_temp_path $work/nginx-uwsgi;
    scgi_temp_path $work/nginx-scgi;
    upstream callbox { server 127.0.0.1:${port[a]} fail_timeout=1s; server 127.0.0.1:${port[b]} fail_timeout=1s; }
    server { listen 127.0.0.1:$front; location / { proxy_pass http://callbox; } }
}
NGINX
"$nginx" -c "$work/nginx.conf" -p "$work" 2>>"$work/nginx.log" &
"$bin/callbox" follow --from "$url" --archive "$work/query" >"$work/follow.out" 2>"$work/follow.log" &
echo "nginx listens on 127.0.0.1:$front; the query node opens no port"

step "3. 100 deliveries through nginx" "curl --data … http://127.0.0.1:$front/klavi"
deliver 1 100
"$bin/callbox" journal status "$url" --format table

leader() { query "SELECT holder FROM callbox.leader WHERE expires_at > now()"; }
other_leads() { [ -n "$(leader)" ] && [ "$(leader)" != "$1" ]; }
first=$(leader)
follower=$([ "$first" = a ] && echo b || echo a)

step "4. Receiver $follower, which does not lead, is killed under load" "kill -9 ${server[$follower]}"
deliver 101 200 &
load=$!
kill -9 "${server[$follower]}"
wait "${server[$follower]}" 2>/dev/null || true
wait "$load"
echo "the other receiver acknowledged 100 more; $follower starts again"
serve "$follower"

step "5. Receiver $first, which leads, is killed under load" "kill -9 ${server[$first]}"
deliver 201 300 &
load=$!
kill -9 "${server[$first]}"
wait "${server[$first]}" 2>/dev/null || true
wait_for other_leads "$first"
wait "$load"
echo "100 more were acknowledged; $(leader) leads"

step "6. The query node has every acknowledged delivery" "callbox list --limit 5"
count=$(sort -u "$work/acknowledged" | wc -l)
export CALLBOX_ARCHIVE=$work/query
listed() { "$bin/callbox" export --format ndjson 2>/dev/null; }
has_all() { [ "$(listed | grep -cFf <(sed 's/.*"id":"\([^"]*\)".*/\1/' "$work/acknowledged"))" -ge "$count" ]; }
wait_for has_all
"$bin/callbox" list --limit 5 --format table
echo "$count acknowledged, $count of them listed"
"$bin/callbox" archive verify

printf '\n\033[1mDone.\033[0m All files were temporary. Next: docs/scale-out.md\n'
