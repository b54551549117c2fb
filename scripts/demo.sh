#!/usr/bin/env bash
# Delivers every sample over HTTP, signed as its provider signs it, then lists, shows and replays reports.
set -euo pipefail
cd "$(dirname "$0")/.."

. scripts/stage.sh demo

export CALLBOX_CONFIG=samples/callbox.yaml CALLBOX_ARCHIVE=$work/archive

step "1. The server starts on a free port, with a new archive" "callbox serve --listen 127.0.0.1:0"
"$bin/callbox" serve --listen 127.0.0.1:0 >"$work/serve.out" 2>"$work/serve.log" &
server=$!
url=$(address_in "$work/serve.out" "$server")
echo "listening on $url"

step "2. The providers deliver every sample, signed now" "callbox-sandbox send --to $url"
"$bin/callbox-sandbox" send --to "$url"

step "3. A delivery with a wrong signature is rejected" "callbox-sandbox send klavi/link-created-event --wrong-signature --to $url"
"$bin/callbox-sandbox" send klavi/link-created-event --wrong-signature --to "$url"

step "4. The reports, newest first" "callbox list --limit 50"
"$bin/callbox" list --limit 50 --format table

trace=72bf7d7c-8ba3-49cb-a0f3-320e36c78463
step "5. The reports of one customer, by the externalInfo given at creation" "callbox list --external traceId=$trace --type link_created"
"$bin/callbox" list --external "traceId=$trace" --type link_created --format table
id=$("$bin/callbox" list --external "traceId=$trace" --type link_created --format csv | sed -n 's/^\([0-9]*\),.*/\1/p' | head -n 1)

step "6. One report with its externalInfo" "callbox show $id"
"$bin/callbox" show "$id" --format table

step "7. The report is replayed to a receiver that shows requests" "callbox replay $id --to http://127.0.0.1:…/hooks/klavi"
"$bin/callbox-sandbox" receive --count 1 --timeout 30 --out "$work/body" >"$work/receive.out" &
receiver=$!
target=$(address_in "$work/receive.out" "$receiver")
"$bin/callbox" replay "$id" --to "$target/hooks/klavi"
wait "$receiver"
printf '\n\033[2mThe receiver shows:\033[0m\n'
sed 1d "$work/receive.out"

step "8. The bytes in the archive and at the receiver are equal" "callbox show $id --body | cmp - body"
"$bin/callbox" show "$id" --body | cmp - "$work/body"
"$bin/callbox" show "$id" --body | wc -c | xargs printf '%s bytes, equal\n'

step "9. All bodies match their checksums" "callbox archive verify && callbox archive info --totals"
"$bin/callbox" archive verify
"$bin/callbox" archive info --totals --format table

stop "$server"
printf '\n\033[1mDone.\033[0m The server stopped; the archive was temporary. Next: make run\n'
