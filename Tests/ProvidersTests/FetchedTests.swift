import Deliveries
import StrictJSON
import Testing

@testable import Providers

@Suite("Fetched deliveries")
struct FetchedTests {
    private static func parse(
        _ provider: any Provider, _ target: String, _ body: String, verification: Verification = .fetched
    ) -> [ReportContent] {
        parse(provider, target, bytes: Array(body.utf8), verification: verification)
    }

    private static func parse(
        _ provider: any Provider, _ target: String, bytes: [UInt8], verification: Verification = .fetched
    ) -> [ReportContent] {
        let delivery = ArchivedDelivery(of: .with(method: "GET", target: target, body: bytes))
        return provider.parse(
            ArchivedDelivery(
                id: delivery.id, uuid: delivery.uuid, source: delivery.source, request: delivery.request,
                verification: verification, secretName: nil, bodySHA256: delivery.bodySHA256)
        ).reports
    }

    @Test(
        "a case is indexed by its IDs, and identified by its bytes",
        arguments: ["/api/public/cases/c-1", "/api/public/cases/c-1/?x=1"])
    func certnCase(target: String) {
        let body = #"""
            {"id":"c-1","short_id":"AB12","overall_status":"COMPLETE","overall_score":"PASS","email_address":"a@example.com",
            "other":{"id":"x"}}
            """#
        let reports = Self.parse(CertnProvider(), target, body)
        #expect(reports.map(\.provider) == ["certn-centric"])
        #expect(reports.map(\.type) == ["case"])
        #expect(reports.map(\.dedupeKey) == ["fetched:body:" + TestCode.sha256Hex(body)])
        #expect(reports.map(\.problem) == [nil])
        #expect(
            reports.map(\.fields) == [
                [
                    ReportField("object_id", "c-1"), ReportField("short_id", "AB12"),
                    ReportField("overall_status", "COMPLETE"), ReportField("overall_score", "PASS"),
                    ReportField("email_address", "a@example.com"),
                ]
            ])
    }

    @Test("a changed case is a different report")
    func changedCase() {
        let keys = ["IN_PROGRESS", "COMPLETE"].flatMap { status in
            Self.parse(CertnProvider(), "/api/public/cases/c-1", #"{"id":"c-1","overall_status":"\#(status)"}"#)
                .map(\.dedupeKey)
        }
        #expect(Set(keys).count == 2)
    }

    @Test(
        "a body that is not a case is unrecognised",
        arguments: [
            ("{", "the body is not JSON"), ("", "the body is not JSON"), ("{}", "it has no id"),
            ("[]", "it has no id"), (#"{"id":""}"#, "it has no id"),
            (#"{"id":{}}"#, "it has no id"),
        ])
    func noCase(body: String, problem: String) {
        let reports = Self.parse(CertnProvider(), "/api/public/cases/c-1", body)
        #expect(reports.map(\.type) == ["unrecognised"])
        #expect(reports.map(\.provider) == ["certn-centric"])
        #expect(reports.first?.problem?.hasPrefix(problem) == true)
    }

    @Test("a fetched PDF report belongs to the case that the request path names")
    func report() {
        let target = "/api/public/cases/c-1/report.pdf"
        let reports = Self.parse(CertnProvider(), target, "%PDF-1.7\n…")
        #expect(reports.map(\.provider) == ["certn-centric"])
        #expect(reports.map(\.type) == ["case_report"])
        #expect(reports.map(\.fields) == [[ReportField("object_id", "c-1")]])
        #expect(reports.map(\.problem) == [nil])
        for body in ["", "<html>", "x%PDF-", "%PDF"] {
            #expect(Self.parse(CertnProvider(), target, body).map(\.problem) == ["the body is not a PDF"], "\(body)")
        }
        #expect(Self.parse(CertnProvider(), target, bytes: [0xff, 0]).map(\.type) == ["case_report"])
    }

    @Test("a fetched applicant is the same report as a webhook with the same bytes")
    func applicant() {
        let body = #"{"id":"a-1","status":"Complete","report_status":"COMPLETE","modified":"2026-11-03T14:00:00Z"}"#
        let fetched = Self.parse(CertnProvider(), "/api/v1/applicants/a-1", body)
        let webhook = CertnProvider().parse(body: body, headers: [HeaderField("certn-signature", "t=1,v1=0")])
        #expect(fetched == webhook)
        #expect(fetched.map(\.type) == ["applicant"])
        #expect(fetched.map(\.provider) == ["certn-legacy"])
        let broken = Self.parse(CertnProvider(), "/api/v1/applicants/a-1", "<html>")
        #expect(broken.map(\.type) == ["unrecognised"])
        #expect(broken.map(\.provider) == ["certn-legacy"])
    }

    @Test(
        "a received delivery is never parsed as fetched, regardless of its path and verification",
        arguments: Verification.allCases.filter { $0 != .fetched })
    func neverFetched(verification: Verification) {
        let pdf = Self.parse(
            CertnProvider(), "/api/public/cases/c-1/report.pdf", "%PDF-1.7", verification: verification)
        #expect(pdf.map(\.type) == ["unrecognised"])
        let body = #"{"id":"c-1","overall_status":"COMPLETE"}"#
        let object = Self.parse(CertnProvider(), "/api/public/cases/c-1", body, verification: verification)
        #expect(object.map(\.type) == ["applicant"])
        #expect(!object.contains { $0.dedupeKey.hasPrefix("fetched:") })
        let claims = Self.parse(EZiDProvider(), "/ezid", #"{"uuid":"u-1"}"#, verification: verification)
        #expect(claims.map(\.type) == ["unrecognised"])
    }

    @Test("an imported fetched delivery is parsed like the original, but its reports have keys of unverified reports")
    func imported() throws {
        func reports(_ verification: Verification, peer: String) -> [ReportContent] {
            let body = Array(#"{"id":"c-1","overall_status":"COMPLETE"}"#.utf8)
            let request = InboundRequest(
                method: "GET", target: RequestTarget("/api/public/cases/c-1"), headers: [], body: body, peer: peer,
                receivedAt: .vectors)
            let original = ArchivedDelivery(of: request, source: "certn")
            return DeliveryParser([], providers: .standard).reports(
                of: ArchivedDelivery(
                    id: original.id, uuid: original.uuid, source: "certn", request: request, verification: verification,
                    secretName: nil, bodySHA256: original.bodySHA256))
        }
        let fetched = try #require(reports(.fetched, peer: "api").first)
        let imported = try #require(reports(.unverified, peer: "api").first)
        #expect(fetched.type == "case" && imported.type == "case" && imported.fields == fetched.fields)
        #expect(imported.dedupeKey == "unverified:" + fetched.dedupeKey)
        let claimed = try #require(reports(.unverified, peer: "192.0.2.1").first)
        let signed = try #require(reports(.verified, peer: "192.0.2.1").first)
        #expect(claimed.type == "applicant" && claimed.dedupeKey == "unverified:" + signed.dedupeKey)
    }

    @Test("claims are identified by the uuid of their code, and their sub and email are indexed")
    func claims() {
        let body = #"""
            {"uuid":"u-1","id_token":{"verified":true,"claims":{"sub":"s-1","email":"a@example.com","nonce":"n"}},
            "access_token":{"claims":{"sub":"other"}}}
            """#
        let reports = Self.parse(EZiDProvider(), "/ezid/claims", body)
        #expect(reports.map(\.provider) == ["ezid"])
        #expect(reports.map(\.type) == ["claims"])
        #expect(reports.map(\.dedupeKey) == ["claims:u-1"])
        #expect(
            reports.map(\.fields) == [
                [
                    ReportField("uuid", "u-1"), ReportField("sub", "s-1"), ReportField("email", "a@example.com"),
                    ReportField("verified", "true"),
                ]
            ])
        #expect(reports.map(\.problem) == [nil])
    }

    @Test("claims without a usable uuid are identified by their bytes, and a body that is not JSON is unrecognised")
    func oddClaims() {
        for body in ["{}", "[]", #"{"uuid":null,"id_token":7}"#, #"{"uuid":{},"id_token":{"claims":[]}}"#] {
            let reports = Self.parse(EZiDProvider(), "/ezid", body)
            #expect(reports.map(\.type) == ["claims"], "\(body)")
            #expect(reports.map(\.dedupeKey) == ["body:" + TestCode.sha256Hex(body)], "\(body)")
            #expect(reports.map(\.fields) == [[]], "\(body)")
        }
        #expect(Self.parse(EZiDProvider(), "/ezid", "{").map(\.type) == ["unrecognised"])
    }

    @Test("claims and the redirect that triggered their call are separate reports")
    func claimsAndVisit() {
        let visit = EZiDProvider().parse(target: "/?code=abc").map(\.dedupeKey)
        let claims = Self.parse(EZiDProvider(), "/ezid", #"{"uuid":"abc"}"#).map(\.dedupeKey)
        #expect(visit.count == 1 && claims.count == 1 && visit != claims)
    }

    @Test("the fields of an externalInfo equal the externalInfo fields of Klavi's reports")
    func externalInfo() throws {
        let text = #"{"traceId":"t-1","n":1,"b":true,"o":{"x":"y"},"a":["1","2","1"],"e":"","z":null}"#
        let leaves = ExternalInfoFields.leaves(of: try JSONDocument(parsing: Array(text.utf8)).root)
        #expect(
            leaves == [
                ReportField("externalInfo.traceId", "t-1"), ReportField("externalInfo.n", "1"),
                ReportField("externalInfo.b", "true"), ReportField("externalInfo.o.x", "y"),
                ReportField("externalInfo.a", "1"), ReportField("externalInfo.a", "2"),
            ])
        let reports = KlaviProvider().parse(
            body: #"[{"eventId":"e","eventName":"link_created","payload":{"linkId":"1"},"externalInfo":\#(text)}]"#)
        let carried = reports.flatMap(\.fields).filter { $0.name.hasPrefix("externalInfo.") }
        #expect(carried == leaves)
    }

    @Test("a very large externalInfo has at most as many fields as a report can have")
    func hugeExternalInfo() throws {
        let members = (0..<1000).map { #""k\#($0)":"v""# }.joined(separator: ",")
        let many = ExternalInfoFields.leaves(of: try JSONDocument(parsing: Array("{\(members)}".utf8)).root)
        #expect(many.count == 256)
        let long = #"{"a":"\#(String(repeating: "x", count: 1025))","b":"1"}"#
        let leaves = ExternalInfoFields.leaves(of: try JSONDocument(parsing: Array(long.utf8)).root)
        #expect(leaves == [ReportField("externalInfo.b", "1")])
    }
}
