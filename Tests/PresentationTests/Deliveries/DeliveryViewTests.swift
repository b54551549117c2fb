import Deliveries
import Foundation
import Journal
import Providers
import ServerTestKit
import StrictJSON
import TerminalOutput
import TestKit
import Testing

@testable import Presentation
@testable import ReportIndex

@Suite("A delivery for show")
struct DeliveryViewTests {
    private static let replays = [
        ReplayRecord(
            deliveryID: DeliveryID(rawValue: 42), startedAt: .fixture, method: "POST",
            url: "http://localhost:3000/hook",
            durationMilliseconds: 12,
            outcome: .responded(status: 204, responseByteCount: 1536, responseSHA256: .digestFixture)),
        ReplayRecord(
            deliveryID: DeliveryID(rawValue: 42), startedAt: .fixture, method: "POST", url: "http://localhost:3000/",
            durationMilliseconds: 0, outcome: .failed("nothing listens there, or it rejects connections")),
    ]

    private static func lines(_ view: DeliveryView, usesColor: Bool = false) -> [String] {
        view.lines(on: RecordedOutput().console(usesColor: usesColor))
    }

    private static func bodyLines(_ body: String) -> [String] {
        let lines = lines(DeliveryView(.fixture(body: body)))
        return Array(lines.drop { $0 != "Body" }.dropFirst())
    }

    private static func json(_ view: DeliveryView) throws -> JSONValue {
        try JSONDocument(parsing: Array(view.json.line.utf8)).root
    }

    @Test("a sample is shown as text")
    func goldenLines() throws {
        let view = DeliveryView.sample("klavi/link-created-event", replays: Self.replays)
        try GoldenFile.expect(Self.lines(view).joined(separator: "\n") + "\n", in: "show-link-created-event.txt")
    }

    @Test("a sample is shown as JSON")
    func goldenJSON() throws {
        let view = DeliveryView.sample("klavi/link-created-event", replays: Self.replays)
        try GoldenFile.expect(view.json.line + "\n", in: "show-link-created-event.json")
        let body = try #require(try Self.json(view)["body"])
        #expect(Array(body.rawBytes) == Sample.named("klavi/link-created-event").request.body)
    }

    @Test("an encoded body is shown decoded, with the name of the encoding")
    func forms() throws {
        func view(_ body: [UInt8], _ fields: HeaderField...) -> DeliveryView {
            DeliveryView(
                InboundRequest(
                    method: "POST", target: RequestTarget("/klavi"), headers: HeaderFields(fields), body: body,
                    peer: "192.0.2.1", receivedAt: .fixture))
        }
        // The text `{"a":1}` as a zlib stream.
        let zlib: [UInt8] = [
            0x78, 0x9c, 0xab, 0x56, 0x4a, 0x54, 0xb2, 0x32, 0xac, 0x05, 0x00, 0x08, 0x2a, 0x02, 0x09,
        ]
        let deflate = HeaderField("Content-Encoding", "deflate")
        let compressed = view(zlib, deflate)
        #expect(Self.lines(compressed).contains("  body          15 B (deflate)"))
        #expect(Self.lines(compressed).suffix(3) == ["{", "  \"a\": 1", "}"])
        #expect(try Self.json(compressed)["body"]?["a"]?.rawText == "1")
        let wide = view([0xff, 0xfe] + "{}".utf8.flatMap { unit -> [UInt8] in [unit, 0] })
        #expect(Self.lines(wide).contains("  body          6 B (UTF-16LE)"))
        #expect(Self.lines(wide).last == "{}")
        // If a body cannot be decoded, the reason and the bytes are shown.
        let damaged = Self.lines(view(Array(zlib.prefix(8)), deflate))
        #expect(damaged.contains("  the deflate body is damaged or incomplete"))
        #expect(damaged.contains { $0.contains("8 bytes that are not text") })
        #expect(try Self.json(view(Array(zlib.prefix(8)), deflate))["body"]?.kind == .null)
    }

    @Test("a delivery with several reports shows each of them, in order")
    func severalReports() throws {
        let lines = Self.lines(.sample("klavi/consent-events"))
        #expect(
            lines.filter { $0.hasPrefix("Report ") } == [
                "Report consent_authorised of klavi, topic klavi-rest by rule 'other'",
                "Report product_request_received of klavi, topic klavi-rest by rule 'other'",
                "Report product_generated_success of klavi, topic klavi-rest by rule 'other'",
            ])
        let json = try Self.json(.sample("klavi/consent-events"))
        #expect(json["reports"]?.elements.map { $0["ordinal"]?.rawText } == ["1", "2", "3"])
    }

    @Test("a repeated report shows the number of the attempt and its first delivery")
    func attempts() throws {
        let report = ReportSummary.fixture(deliveryID: 7, route: nil, attemptCount: 3, lastDeliveryID: 42)
        let view = DeliveryView(
            delivery: .fixture(), reports: [DeliveredReport(report: report, attemptNumber: 2, fields: [])], replays: [],
            secrets: ProviderCatalog.standard.secrets)
        let lines = Self.lines(view)
        #expect(lines.contains("  attempt   2 of 3, the first is delivery 7"))
        #expect(lines.contains("Report pf_checking_account of klavi, no route"))
        #expect(lines.contains { $0.hasPrefix("  route     none; run 'callbox show ") })
        let json = try #require(try Self.json(view)["reports"]?.elements.first { _ in true })
        #expect(json["attempt"]?.rawText == "2")
        #expect(json["attempts"]?.rawText == "3")
        #expect(json["firstId"]?.rawText == "7")
        #expect(json["topic"]?.kind == .null)
    }

    @Test(
        "the verification is shown in words",
        arguments: [
            (Verification.verified, "  verification  verified by secret primary"),
            (.unverified, "  verification  unverified"),
            (.failed, "  verification  failed: released from quarantine with --force"),
            (.expired, "  verification  expired: released from quarantine with --force"),
        ])
    func verification(verification: Verification, expected: String) {
        let view = DeliveryView(
            delivery: .fixture(verification: verification, secretName: verification == .verified ? "primary" : nil),
            reports: [], replays: [], secrets: ProviderCatalog.standard.secrets)
        #expect(Self.lines(view).contains(expected))
    }

    @Test("colours are used only if enabled")
    func colours() {
        let view = DeliveryView.sample("klavi/link-created-event", replays: Self.replays)
        let colored = Self.lines(view, usesColor: true)
        let plain = Self.lines(view)
        #expect(plain.allSatisfy { !$0.contains("\u{1b}") })
        #expect(colored.contains { $0.contains("\u{1b}[32mverified\u{1b}[0m") })
        let stripped = colored.map { $0.replacing(#/\u{1b}\[[0-9]+m/#, with: "") }
        #expect(stripped == plain)
    }

    @Test("the code of an EZiD redirect and all signatures are masked", arguments: Sample.all.filter(\.isArchived))
    func credentials(sample: Sample) throws {
        let view = DeliveryView.sample(sample.name)
        let text = Self.lines(view).joined(separator: "\n") + view.json.line
        let headers = ["Authorization", "X-Klavi-Signature", "Certn-Signature", "X-Signature"]
        var credentials = headers.flatMap { sample.request.headers.values(named: $0) }
        if let code = sample.request.target.queryValue(named: "code") { credentials.append(code) }
        try #require(!credentials.isEmpty || sample.name == "klavi/whitelabel-redirect")
        for credential in credentials { #expect(!text.contains(credential)) }
        #expect(credentials.isEmpty || text.contains("[masked]"))
    }

    @Test("only replays with changes are marked as changed")
    func changedReplay() throws {
        let records = [["$.a"], []].map { changes in
            ReplayRecord(
                deliveryID: DeliveryID(rawValue: 42), startedAt: .fixture, method: "POST", url: "http://h/",
                durationMilliseconds: 1, outcome: .failed("refused"), changes: changes)
        }
        let view = DeliveryView(
            delivery: .fixture(), reports: [], replays: records, secrets: ProviderCatalog.standard.secrets)
        let replays = try #require(try Self.json(view)["replays"])
        #expect(replays.elements.map { $0["changes"]?.rawText } == [#"["$.a"]"#, nil])
        #expect(Self.lines(view).map { $0.contains("changed, refused") }.count { $0 } == 1)
    }

    @Test("received data is escaped for a terminal")
    func hostile() throws {
        let hostile = HostileText.sample
        let quoted = "\"\u{9b}\u{202e}\u{200b}\u{2028}\u{feff}\u{7f}\""
        let report = ReportSummary.fixture(
            source: hostile, provider: hostile, type: hostile, route: Route(rule: .specific, topic: hostile),
            externalInfo: "{\(quoted):[\(quoted)]}", problem: hostile, secretName: hostile)
        let failure = ReplayRecord(
            deliveryID: DeliveryID(rawValue: 42), startedAt: .fixture, method: hostile, url: hostile,
            durationMilliseconds: 1, outcome: .failed(hostile))
        for body in [hostile, "{\(quoted):\(quoted)}", "[\"\\u001b[31m\\u202e\\u0000\"]", "a\r\n\(hostile)\u{0}"] {
            let request = InboundRequest.fixture(
                method: "P\(hostile)", target: "/klavi\(hostile)?a=\(hostile)&code=\(hostile)",
                headers: [HeaderField("X-\(hostile)", hostile), HeaderField("Cookie", hostile)], body: body,
                peer: hostile)
            let view = DeliveryView(
                delivery: .fixture(source: hostile, request: request, secretName: hostile),
                reports: [
                    DeliveredReport(
                        report: report, attemptNumber: 1, fields: [ReportField("f\(hostile)", "v\(hostile)")])
                ], replays: [failure], secrets: ProviderCatalog.standard.secrets)
            for line in Self.lines(view) { #expect(HostileText.hostile(in: line, layout: ["\n", "\t"]).isEmpty) }
            #expect(Self.lines(view).joined().contains("\\u{1b}[31m"))
            #expect(HostileText.hostile(in: view.json.line).isEmpty)
            #expect(throws: Never.self) { try JSONDocument(parsing: Array(view.json.line.utf8)) }
        }
    }

    @Test("JSON is formatted in lines and keeps every digit")
    func prettyBody() {
        #expect(
            Self.bodyLines(#"{"a":[1.50,{}],"b":"x\ny"}"#) == [
                "{", "  \"a\": [", "    1.50,", "    {}", "  ],", "  \"b\": \"x\\ny\"", "}",
            ])
    }

    @Test("text that is not JSON keeps its lines, with any kind of line break")
    func textBody() {
        #expect(Self.bodyLines("one\ntwo\tthree\n") == ["one", "two\tthree", ""])
        #expect(Self.bodyLines("one\r\ntwo\r\n") == ["one\\u{d}", "two\\u{d}", ""])
        #expect(Self.bodyLines("{\"cut\": ") == ["{\"cut\": "])
    }

    @Test("a delivery without a body is shown")
    func noBody() throws {
        let view = DeliveryView(.fixture(body: ""))
        #expect(!Self.lines(view).contains("Body"))
        #expect(Self.lines(view).contains("  body          0 B"))
        #expect(Self.lines(view).contains { $0.hasPrefix("  SHA-256       abab") && $0.count == 80 })
        #expect(try Self.json(view)["body"]?.kind == .null)
    }

    @Test("bytes that are not text are shown in hexadecimal")
    func binaryBody() throws {
        let request = InboundRequest(
            method: "POST", target: RequestTarget("/klavi"), headers: [], body: [0xff, 0xfd, 0x1b], peer: "192.0.2.1",
            receivedAt: .fixture)
        let view = DeliveryView(request)
        #expect(
            Self.lines(view).suffix(3) == [
                "Body", "  3 bytes that are not text:",
                "  000000  ff fd 1b" + String(repeating: " ", count: 13 * 3) + "  ...",
            ])
        #expect(try Self.json(view)["body"]?.kind == .null)
        #expect(try Self.json(view)["bodyBytes"]?.rawText == "3")
    }

    @Test("a body that is not JSON is a string in the JSON output")
    func textBodyAsJSON() throws {
        let view = DeliveryView(.fixture(body: "a=1&b=\"2\"\u{1b}"))
        #expect(try Self.json(view)["body"]?.string == "a=1&b=\"2\"\u{1b}")
    }

    @Test("a body of 400 lines is shown completely; for a longer body, the number of remaining lines is shown")
    func longBody() {
        func body(_ lineCount: Int) -> String {
            (1...lineCount).map { "line \($0)" }.joined(separator: "\n")
        }
        let whole = Self.bodyLines(body(400))
        #expect(whole.count == 400)
        #expect(whole.last == "line 400")
        #expect(Self.bodyLines(body(401)).suffix(3) == ["line 400", "", "… 1 line more: callbox show 42 --body"])
        #expect(Self.bodyLines(body(1000)).last == "… 600 lines more: callbox show 42 --body")
        let crlf = body(401).replacing("\n", with: "\r\n")
        #expect(Self.bodyLines(crlf).last == "… 1 line more: callbox show 42 --body")
    }

    @Test("a JSON body is written unchanged, on one line")
    func bodyAsJSON() throws {
        let view = DeliveryView(.fixture(body: "{\n  \"amount\": 1.50,\n  \"amount\": 10000000000000000000001\n}"))
        #expect(!view.json.line.contains("\n"))
        let members = try #require(try Self.json(view)["body"]).members
        #expect(members.map(\.value.rawText) == ["1.50", "10000000000000000000001"])
    }

    @Test("a delivery with a pruned body shows its other parts, and the time and reason of the pruning")
    func pruned() throws {
        var view = DeliveryView(.fixture(body: ""))
        view.pruning = BodyPruning(prunedAt: .fixture, reason: "older than a year\u{1b}[2J")
        view.prunedBodyByteCount = 2048
        let lines = Self.lines(view)
        #expect(
            lines.suffix(2) == [
                "Body",
                "  pruned at \(Timestamp.fixture.rfc3339): older than a year\\u{1b}[2J",
            ])
        #expect(lines.contains("  body          2.0 KB"))
        let json = try Self.json(view)
        #expect(json["bodyPruned"]?.boolean == true)
        #expect(json["prunedAt"]?.string == Timestamp.fixture.rfc3339)
        #expect(json["pruningReason"]?.string == "older than a year\u{1b}[2J")
        #expect(json["bodyBytes"]?.rawText == "2048")
        #expect(json["body"]?.kind == .null)
        view.pruning = BodyPruning(prunedAt: nil, reason: "the reason is in entry 9, which is not copied yet")
        #expect(Self.lines(view).last == "  pruned: the reason is in entry 9, which is not copied yet")
        #expect(try Self.json(view)["prunedAt"]?.kind == .null)
        let whole = try Self.json(DeliveryView(.fixture(body: "")))
        #expect(whole["bodyPruned"]?.boolean == false)
        #expect(whole["prunedAt"]?.kind == .null)
    }

    @Test("personal data is masked in text but not in JSON, and --reveal shows it")
    func persons() throws {
        let body = #"{"cpf":"10020030088","email":"ana@example.com","token":"t-1"}"#
        let request = InboundRequest.fixture(
            target: "/klavi?login=ana%40example.com", headers: [HeaderField("X-Contact", "ana@example.com")], body: body
        )
        let report = ReportSummary.fixture(externalInfo: #"{"phone":"+15145550123","traceId":"t-1"}"#)
        var view = DeliveryView(
            delivery: .fixture(request: request),
            reports: [
                DeliveredReport(report: report, attemptNumber: 1, fields: [ReportField("enquiryCpf", "10020030088")])
            ], replays: [], secrets: ProviderCatalog.standard.secrets)
        let secrets = ["10020030088", "ana@", "ana%40", "+15145550123"]
        let masked = Self.lines(view).joined(separator: "\n")
        for secret in secrets { #expect(!masked.contains(secret), "\(secret)") }
        for shown in [
            "enquiryCpf = •••••••••88", "login=a•••@example.com", "\"token\": \"[masked]\"", "\"traceId\": \"t-1\"",
        ] {
            #expect(masked.contains(shown), "\(shown)")
        }
        let json = try Self.json(view)
        #expect(json["body"]?.rawText == body)
        view.isRevealed = true
        let revealed = Self.lines(view).joined(separator: "\n")
        for secret in secrets.filter({ $0 != "ana@" }) { #expect(revealed.contains(secret), "\(secret)") }
        #expect(!revealed.contains("•"))
    }

    @Test("every national ID and e-mail address of the samples is masked, and every link ID is shown")
    func samples() throws {
        for sample in Sample.all where sample.isArchived {
            let text = Self.lines(.sample(sample.name)).joined(separator: "\n")
            for secret in ["10020030088", "10020030169", "99901001000174", "046123451", "test.person@", "+15145550123"]
            {
                #expect(!text.contains(secret), "\(sample.name): \(secret)")
            }
            for field in sample.expected.root["reports"]?.elements.map({ $0["fields"]?["linkId"] }) ?? [] {
                for id in field?.elements.compactMap(\.string) ?? [] { #expect(text.contains(id)) }
            }
        }
    }

    @Test("docs/cli-json.md lists every member of a delivery")
    func documented() throws {
        let page = try String(contentsOf: ProjectFolder.root.appending(path: "docs/cli-json.md"), encoding: .utf8)
        let section = try #require(page.split(separator: "\n## ").first { $0.hasPrefix("`callbox show ID`") })
        let json = try Self.json(.sample("klavi/link-created-event", replays: Self.replays))
        let reports = try #require(json["reports"]?.elements)
        let replays = try #require(json["replays"]?.elements)
        let names = ([json] + reports + replays).flatMap { $0.members.map(\.name) }
        #expect(names.count > 30)
        for name in Set(names) { #expect(section.contains("`\(name)`"), "\(name)") }
    }
}
