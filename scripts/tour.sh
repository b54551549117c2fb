#!/usr/bin/env bash
# Creates links with fakes of all four providers and acts as the users with curl. Then finds, routes and replays the
# callbacks, and lists missing reports. Checks each result and stops at the first unexpected one.
set -euo pipefail
cd "$(dirname "$0")/.."

. scripts/stage.sh tour

fail() {
    printf 'tour: %s\n' "$1" >&2
    exit 1
}

# Prints another command of a step.
typed() {
    printf '\033[2m$ %s\033[0m\n' "$1"
}

# Runs a step of one callbox command: run "TITLE" FILE COMMAND...; shows the output and keeps it in FILE.
run() {
    local title=$1 file=$2 text=callbox word
    shift 2
    for word; do
        case $word in *' '*) text="$text '$word'" ;; *) text="$text $word" ;; esac
    done
    step "$title" "$text"
    "$bin/callbox" "$@" --format table | tee "$work/$file"
}

# Prints the value beside a name in a kept table.
value() {
    awk -v name="$2" '$1 == name { print $2; exit }' "$work/$1"
}

# Opens a page as the user's browser; the status must be 200.
browse() {
    local status
    status=$(curl -sS --max-time 10 -o "$work/page.html" -w '%{http_code}' "$@")
    [ "$status" = 200 ] || fail "the page has status $status, not 200: $(cat "$work/page.html")"
    printf 'The page says: %s\n' "$(sed -n 's/.*<h1>\([^<]*\)<.*/\1/p' "$work/page.html" | head -n 1)"
}

# Prints the number of reports: count --type redirect
count() {
    "$bin/callbox" list --all --format ndjson "$@" >"$work/counted" 2>"$work/problem" || {
        cat "$work/problem" >&2
        return 1
    }
    wc -l <"$work/counted" | tr -d ' '
}

# Waits for reports: await 2 --type applicant
await() {
    local wanted=$1 found=0
    shift
    for _ in $(seq 150); do
        found=$(count "$@")
        [ "$found" -lt "$wanted" ] || break
        sleep 0.1
    done
    [ "$found" -eq "$wanted" ] || fail "there are $found reports with $*, not $wanted"
}

# Checks the route of a type: filed TYPE RULE TOPIC
filed() {
    "$bin/callbox" list --all --type "$1" --format csv | cut -d , -f 6-8 | grep -qx "$1,$2,$3" ||
        fail "no $1 was filed into $3 by rule '$2'"
}

# Variables would override the configuration.
for name in $(compgen -e CALLBOX_); do unset "$name"; done
export CALLBOX_CONFIG=samples/sandbox.yaml CALLBOX_ARCHIVE=$work/archive

step "1. Fake providers on a free port" "callbox-sandbox serve --port 0"
"$bin/callbox-sandbox" serve --port 0 >"$work/sandbox.out" 2>"$work/sandbox.log" &
sandbox=$!
api=$(address_in "$work/sandbox.out" "$sandbox")
cat "$work/sandbox.out"
export CALLBOX_KLAVI_URL=$api/data/v1 CALLBOX_CERTN_LEGACY_URL=$api CALLBOX_CERTN_CENTRIC_URL=$api CALLBOX_EZID_URL=$api
export CALLBOX_CERTIFICALL_URL=$api/certificall/api
CALLBOX_EZID_PUBLIC_KEY=$(curl -sSf --max-time 10 "$api/ezid/public-key.pem")
export CALLBOX_EZID_PUBLIC_KEY

step "2. Callbox on another port" "callbox serve --listen 127.0.0.1:0"
"$bin/callbox" serve --listen 127.0.0.1:0 >"$work/serve.out" 2>"$work/serve.log" &
server=$!
url=$(address_in "$work/serve.out" "$server")
echo "listening on $url"

step "3. Callback URLs are set in the providers' consoles" "callbox config urls --base-url $url"
"$bin/callbox" config urls --base-url "$url"
for pair in klavi=klavi/events certn-legacy=certn certn-centric=certn certificall=certificall; do
    typed "callbox-sandbox register ${pair%%=*} $url/${pair#*=}"
    "$bin/callbox-sandbox" register "${pair%%=*}" "$url/${pair#*=}" --sandbox "$api"
done

run "4. Klavi: a link with productsCallbackURL and a traceId in externalInfo" klavi \
    links create klavi --base-url "$url" --external traceId=tour-1 --personal-tax-id 11144477735 \
    --expect pf_checking_account --expect pf_credit_card
link=$(value klavi linkURL)
typed "curl $link   # Ana opens it, chooses her bank and allows her accounts and cards"
browse "$link"
browse "$api/conecte" -d "v=${link#*v=}" -d institution=033 -d permission=ACCOUNTS_ALL -d permission=CREDIT_CARDS_ALL \
    -d decision=authorise

run "5. Certn's legacy API: an invitation" certn \
    links create certn --invite --email ana@example.com --check softcheck --tag tour-2
page=$(value certn onboardingLink)
typed "curl -d first_name=Ana -d last_name=Souza '$page'"
browse -d first_name=Ana -d last_name=Souza "$page"

run "6. Certn Centric: a case" centric \
    links create certn-centric --email ana@example.com --check IDENTITY_VERIFICATION_1 --return-invite-link \
    --expect CASE_REPORT_READY
page=$(value centric inviteLink)
typed "curl -d given_name=Ana … '$page'"
browse -d given_name=Ana -d family_name=Souza -d date_of_birth=1990-02-28 "$page"
typed "callbox-sandbox advance 30s   # both background checks are done"
"$bin/callbox-sandbox" advance 30s --sandbox "$api"
"$bin/callbox-sandbox" ledger --idle --sandbox "$api" >/dev/null
typed "callbox-sandbox trigger certn-centric.CASE_REPORT_READY   # a colleague asked for the PDF in the portal"
"$bin/callbox-sandbox" trigger certn-centric.CASE_REPORT_READY --reference "$(value centric object_id)" --wait \
    --sandbox "$api"

run "7. EZiD: a magic link, mailed" ezid links create ezid --email ana@example.com --base-url "$url"
link=$(curl -sSf --max-time 10 "$api/mailbox/1" | sed -n 's/.*id="magic-link"[^>]* href="\([^"]*\)".*/\1/p' | sed 's/&amp;/\&/g')
typed "curl ${link%%code=*}code=…   # the link in the mail"
browse "$link"

run "8. Certificall: a Certilink" certilink \
    links create certilink --frame 1 --report-token tour-5 --instructions 'Please note the flat number'
page=$(value certilink url)
typed "curl -X POST '$page'"
browse -X POST "$page"

step "9. The callbacks that were sent, and their responses" "callbox-sandbox ledger --idle"
"$bin/callbox-sandbox" ledger --idle --sandbox "$api" | tee "$work/ledger"
awk 'NR > 1 && $6 != 200 { exit 1 }' "$work/ledger" || fail "a callback got no 200"

# Announced data is fetched a moment later.
await 1 --provider ezid --type claims
await 1 --provider certn-centric --type case_report
# Creating the PDF causes another notification.
await 2 --provider certn-centric --type CASE_REPORT_READY

await 8 --provider klavi
await 2 --provider certn-legacy
await 1 --provider ezid --type redirect
await 1 --provider certificall

step "10. The archive: ✓ verified, ↓ fetched because a delivery announced it" "callbox list --all"
"$bin/callbox" list --all --format table
filed pf_checking_account specific checking
filed pf_credit_card specific cards
filed pf_categorized_checking_l3 other klavi-rest
filed applicant all background-checks
filed case_report all background-checks
filed redirect specific logins
filed claims specific logins
filed certificate all certificates

step "11. The report found by the externalInfo given at creation" "callbox list --external traceId=tour-1 --topic checking"
"$bin/callbox" list --external traceId=tour-1 --topic checking --format table
[ "$(count --external traceId=tour-1 --topic checking)" = 1 ] || fail "exactly one report was expected"
id=$("$bin/callbox" list --external traceId=tour-1 --topic checking --format csv | sed -n '2s/,.*//p')

step "12. One report with its externalInfo" "callbox show $id"
"$bin/callbox" show "$id" --format table >"$work/shown"
sed '/^Body$/q' "$work/shown"
echo "  …"
grep -q '"traceId": "tour-1"' "$work/shown" || fail "the externalInfo is missing"

step "13. The report is replayed to a receiver that shows requests" "callbox replay $id --to http://127.0.0.1:…/hooks/klavi"
"$bin/callbox-sandbox" receive --count 1 --timeout 30 --out "$work/body" >"$work/receive.out" &
receiver=$!
target=$(address_in "$work/receive.out" "$receiver")
"$bin/callbox" replay "$id" --to "$target/hooks/klavi"
wait "$receiver"
"$bin/callbox" show "$id" --body | cmp - "$work/body"
"$bin/callbox" show "$id" --body | wc -c | xargs printf '%s bytes arrived, equal to those in the archive\n'

step "14. Every link has its reports" "callbox links list && callbox links list --pending"
"$bin/callbox" links list --format table
"$bin/callbox" links list --pending --format table || fail "a report is still pending"

run "15. A second person never opens the link" forgotten \
    links create klavi --base-url "$url" --external traceId=tour-6 --expect pf_checking_account
typed "callbox links list --pending"
status=0
"$bin/callbox" links list --pending --format table || status=$?
echo "exit status $status"
[ "$status" -eq 1 ] || fail "links list --pending ended with $status, not 1"
"$bin/callbox" links list --pending --format csv >"$work/pending" 2>/dev/null || true
grep -q 'tour-6' "$work/pending" || fail "the list of pending links does not contain the link"

step "16. All bodies match their checksums" "callbox archive verify"
"$bin/callbox" archive verify

stop "$server"
stop "$sandbox"
printf '\n\033[1mDone.\033[0m The servers stopped; the archive was temporary. Next: docs/tutorial.md\n'
