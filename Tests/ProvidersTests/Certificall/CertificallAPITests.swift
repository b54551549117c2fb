import Deliveries
import StrictJSON
import Testing

@testable import Providers

@Suite("Certificall's API")
struct CertificallAPITests {
    private static let root = "https://admin.certificall.app/certificall/api"
    private static let order = [
        "report-token": ["case-001"], "frame": ["1"], "expires": ["2025-12-31T23:59:59+01:00"], "max-uses": ["5"],
        "company-id": ["7"], "last-name": ["Dupont"], "first-name": ["Jean"], "address": ["1 Rue"],
        "city": ["Paris"], "post-code": ["75001"], "email": ["jean@example.com"], "issuer": ["ACME"],
        "photo-ref": ["p"], "report-ref": ["r"], "instructions": ["i"], "user": ["u"],
        "metadata": ["source=web", "a=1"],
    ]
    private static let body =
        #"{"reportToken":"case-001","frameId":1,"expirationDate":"2025-12-31T22:59:59.000+0000","maxUses":5,"#
        + #""companyId":7,"context":{"visibleData":{"beneficiary":{"lastName":"Dupont","firstName":"Jean","#
        + #""address":"1 Rue","city":"Paris","postCode":"75001","email":"jean@example.com"},"issuer":"ACME","#
        + #""photoRef":"p","reportRef":"r","instructions":"i","user":"u"},"metadata":{"source":"web","a":"1"}}}"#

    private let script = try? APIScript(CertificallAPI.description)

    @Test("the login sends the password, and the expiry in the token is used")
    func login() throws {
        let script = try #require(script)
        let jwt = "eyJhbGciOiJIUzI1NiJ9." + Base64Text.encode(Array(#"{"exp":1800003600.5}"#.utf8)) + ".AAAA"
        let call = CertificallAPI.login(script.account)
        let run = try script.run(call, [.json(200, #"{"token":"\#(jwt)"}"#)])
        #expect(run.value?.expiresAt == Timestamp(millisecondsSinceEpoch: 1_800_003_600_000))
        #expect(run.lines == ["POST \(Self.root)/auth/token"])
        #expect(run.bodies == [#"{"username":"test-username","password":"test-password"}"#])
        #expect(try script.run(call, [.json(200, #"{"token":"opaque"}"#)]).value?.expiresAt == nil)
    }

    @Test("an order for a Certilink has every field under its documented name, and can have a different base URL")
    func create() throws {
        let script = try APIScript(
            CertificallAPI.description, extraRoots: ["certilink-url": try APIRoot("http://127.0.0.1:9/x")])
        let (plan, run) = try script.order(
            CertilinkForm.self, Self.order, responding: #"{"url":"https://app.certificall.app?mt=5e6f-7g8h"}"#)
        #expect(run.lines == ["POST http://127.0.0.1:9/x/certilink/create"])
        #expect(run.bodies == [Self.body])
        #expect(
            plan.keys == [
                ReportField("reportId", "case-001"), ReportField("externalInfo.source", "web"),
                ReportField("externalInfo.a", "1"),
            ])
        #expect(plan.expectations == ["certificate"])
        #expect(plan.externalInfo == #"{"source":"web","a":"1"}"#)
        #expect(plan.expiresAt == Timestamp(rfc3339: "2025-12-31T22:59:59Z".utf8))
        #expect(
            run.value?.keys == [ReportField("reportId", "case-001"), ReportField("magicLinkToken", "5e6f-7g8h")])
        #expect(run.value?.shown == [.init("url", .string("https://app.certificall.app?mt=5e6f-7g8h"))])
    }

    @Test("an order without a token gets a generated token")
    func identifier() throws {
        let context = LinkContext(identifier: "random")
        let order = try #require(script).order(CertilinkForm.self, ["frame": ["1"]], in: context)
        #expect(order.run.bodies == [#"{"reportToken":"random","frameId":1}"#])
        #expect(order.plan.keys == [ReportField("reportId", "random")])
        #expect(order.plan.externalInfo == nil)
    }

    @Test("several orders are sent as one array, and each has its own outcome")
    func bulk() throws {
        let script = try #require(script)
        let tokens = ["case-001", "case-002", "case-003"]
        let orders = try tokens.map { token in
            try script.values(
                CertilinkForm.fields,
                token == "case-001" ? Self.order : ["report-token": [token], "frame": ["2"]])
        }
        let (plans, call) = try CertilinkForm.plan(orders, for: script.account)
        let run = try script.run(
            call,
            [
                .json(
                    200,
                    #"{"state":"ended","success":[{"reportToken":"case-001","url":"https://a?mt=1"}],"error":["#
                        + #"{"reportToken":"case-002","message":"no"},"odd"]}"#)
            ])
        #expect(run.lines == ["POST \(Self.root)/certilink/bulk-create"])
        #expect(
            run.bodies == [
                "[\(Self.body)," + #"{"reportToken":"case-002","frameId":2},{"reportToken":"case-003","frameId":2}]"#
            ])
        #expect(plans.map { $0.keys.first?.value } == tokens)
        let outcomes = try #require(run.value)
        guard case .created(let link) = outcomes[0], case .failed("no") = outcomes[1], case .unknown = outcomes[2]
        else {
            Issue.record("\(outcomes)")
            return
        }
        #expect(link.keys.last == ReportField("magicLinkToken", "1"))
    }

    @Test("links without tokens are identified by their position, and a response may be a single link without an array")
    func bulkWithoutTokens() throws {
        let script = try #require(script)
        let orders = try ["a", "b"].map {
            try script.values(CertilinkForm.fields, ["report-token": [$0], "frame": ["1"]])
        }
        let call = try CertilinkForm.plan(orders, for: script.account).call
        let both = try script.run(call, [.json(200, #"{"success":[{"url":"https://a"},{"url":"https://b"}]}"#)]).value
        guard case .created(let first)? = both?.first, case .created(let second)? = both?.last else {
            Issue.record("\(String(describing: both))")
            return
        }
        #expect([first, second].map { $0.keys.first?.value } == ["a", "b"])
        guard case .created? = try script.run(call, [.json(200, #"{"url":"https://a?mt=2"}"#)]).value?.first else {
            Issue.record("one link was created")
            return
        }
    }

    @Test("a link is changed and deleted by its token")
    func changeAndDelete() throws {
        let script = try #require(script)
        let ok = ProviderResponse.json(200, #"{"status":"Success","message":"ok"}"#)
        let values = try script.values(
            CertilinkChange.fields, ["expires": ["2027-01-15T08:00:00Z"], "instructions": ["Ring"]])
        let change = try script.run(try CertilinkChange.call("5e6f", values, for: script.account), [ok])
        #expect(change.lines == ["PATCH \(Self.root)/certilink/5e6f"])
        #expect(
            change.bodies == [
                #"{"expirationDate":"2027-01-15T08:00:00.000+0000","context":{"visibleData":{"instructions":"Ring"}}}"#
            ])
        #expect(change.value == Timestamp(rfc3339: "2027-01-15T08:00:00Z".utf8))
        #expect(CertilinkChange.problem(with: FieldValues()) != nil)
        let cancel = try #require(CertificallAPI.description.cancel)
        let deletion = try script.run(try cancel.call("5e6f", script.account), [ok])
        #expect(deletion.lines == ["DELETE \(Self.root)/certilink/5e6f"])
        #expect(CertificallAPI.description.secretLinkKeys == [cancel.key])
    }

    private func list(
        _ lookup: any Lookup.Type, _ given: [String: [String]] = [:], responding text: String
    ) throws -> (run: APIScript.Run<Finding>, entries: [String]) {
        let script = try #require(script)
        let run = try script.run(
            try lookup.call("", try script.values(lookup.fields, given), for: script.account), [.json(200, text)])
        guard case .list(let columns, let entries)? = run.value else { return (run, []) }
        #expect(entries.allSatisfy { $0.memberValues.count == columns.count })
        return (run, entries.map(\.compact))
    }

    @Test("frames, Certilinks and cases are listed without the secrets of links")
    func lists() throws {
        let frames = try list(
            CertificallFrames.self,
            responding: #"[{"id":1,"name":"V","steps":[{"id":10,"title":"T","description":"D"}]},{"id":2}]"#)
        #expect(frames.run.lines == ["GET \(Self.root)/frames"])
        #expect(frames.entries == [#"{"id":1,"name":"V","steps":["T"]}"#, #"{"id":2,"name":null,"steps":[]}"#])
        let links = try list(
            CertilinkList.self, ["count": ["50"]],
            responding: #"[{"reportToken":"abc","url":"https://a?mt=s3cret","magicLinkToken":"s3cret","createdAt":"c","#
                + #""expirationDate":"e","enabled":true,"frame":{"id":1,"name":"V"}}]"#)
        #expect(links.run.lines == ["POST \(Self.root)/certilink/findCompanyMagicLinks"])
        #expect(links.run.bodies == [#"{"start":0,"limit":50}"#])
        #expect(links.run.requests.map(\.repetition) == [.safe])
        #expect(
            links.entries == [
                #"{"reportToken":"abc","frame.name":"V","enabled":true,"createdAt":"c","expirationDate":"e"}"#
            ])
        let cases = try list(
            CertificallCases.self, ["hours": ["240"], "closed": ["true"]],
            responding: #"[{"cfRef":"CAS-1","closed":true,"reportToken":"t"}]"#)
        #expect(cases.run.lines == ["GET \(Self.root)/cases?format=metadata&hours=240&closed=true"])
        #expect(cases.entries.first?.hasPrefix(#"{"cfRef":"CAS-1","frameName":null,"reportToken":"t""#) == true)
    }

    @Test(
        "input that Certificall would reject is rejected before the call",
        arguments: [
            (["frame": ["1"], "max-uses": ["0"]], "--max-uses is below 1."),
            (["frame": ["x"]], "--frame is not a whole number."),
            (["frame": ["1"], "expires": ["2025-02-30T00:00:00Z"]], "--expires is not a time."),
            (["frame": ["1"], "metadata": ["a=1", "a=2"]], "--metadata sets 'a' twice."),
            ([:], "Pass --frame or --from."),
            (["from": ["f"], "report-token": ["t"]], "--from and --report-token cannot be combined."),
        ])
    func input(given: [String: [String]], sentence: String) throws {
        let script = try #require(script)
        #expect(complaint { _ = try script.order(CertilinkForm.self, given) } == sentence)
        for hours in ["0", "241"] {
            #expect(
                complaint { _ = try script.values(CertificallCases.fields, ["hours": [hours]]) }
                    == "--hours is not between 1 and 240.")
        }
    }

    @Test("closed cases trigger calls for their reports, except cases that closed just now or have no token")
    func followUp() throws {
        let script = try #require(script)
        let rules = try #require(CertificallAPI.description.followUp)
        let call = try rules.tasks[0].call("1", script.account, FollowUpContext(patience: .seconds(300)))
        let cases =
            #"[{"cfRef":"CF-1","reportToken":"a b"},{"cfRef":"CF-2","reportToken":""},{"cfRef":"CF-3"},"#
            + #"{"cfRef":"C/4","reportToken":"t","closingDate":"2027-01-15T07:55:00Z"},"#
            + #"{"cfRef":"CF-5","reportToken":"t","closingDate":"2027-01-15T07:55:01Z"}]"#
        let run = try script.run(call, [.json(200, cases)])
        #expect(
            run.lines == ["GET \(Self.root)/cases?format=metadata&hours=240&withReportToken=true&closed=true"])
        guard case .found(let targets)? = run.value else {
            Issue.record("nothing was found")
            return
        }
        #expect(
            targets == [
                FollowUpTarget("certificall-report", "CF-1/a b", unlessReported: ReportField("cfRef", "CF-1")),
                FollowUpTarget("certificall-report", "C%2F4/t", unlessReported: ReportField("cfRef", "C/4")),
            ])
        let report = try script.run(
            try rules.tasks[1].call("CF-1/a b/c%", script.account, FollowUpContext()),
            [.json(200, #"[{"cfRef":"CF-1"}]"#)])
        #expect(report.lines == ["GET \(Self.root)/reports/a%20b%2Fc%25"])
        #expect(report.requests.map(\.needsAccessToken) == [false])
        guard case .fetched(let request)? = report.value else {
            Issue.record("nothing was fetched")
            return
        }
        #expect(request.target.text == "/certificall/api/reports/a%20b%2Fc%25")
        #expect(complaint { _ = try rules.tasks[1].call("CF-1", script.account, FollowUpContext()) } != nil)
    }

    @Test(
        "errors contain Certificall's messages",
        arguments: [
            (400, #"{"statusCode":400,"message":"Invalid report token"}"#, ["Invalid report token"], "reportToken"),
            (400, #"{"message":["a must be b","c"],"error":"Bad Request"}"#, ["a must be b", "c"], "Correct"),
            (401, #"{"statusCode":401,"error":"Unauthorized"}"#, ["Unauthorized"], "username"),
        ])
    func rejections(status: Int, body: String, words: [String], advice: String) throws {
        let rejection = try #require(script).rejection(status, body)
        #expect(rejection?.words == words)
        #expect(rejection?.advice?.contains(advice) == true)
    }
}
