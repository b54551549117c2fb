import Deliveries
import Foundation
import Providers
import TestKit
import Testing

/// The legacy API's wire facts: each title begins with the section of certn-reference that has the fact.
@Suite("Wire facts: Certn, legacy")
struct CertnLegacyWireFactsTests {
    private let provider = CertnProvider()
    private static let body = #"{"id":"a123b4cd-1a23-1a23-12a3-a123456b7890","report_status":"COMPLETE"}"#

    private static func hex(_ time: String, _ body: String = body, key: String = "certn-test-secret") -> String {
        Hex.encode(TestCode.hmac(key: key, Array("\(time).\(body)".utf8)))
    }

    private func verify(
        _ signature: String?, body: String = body, others: [HeaderField] = [],
        secrets: [Secret] = SampleSources.certnSecrets, receivedAt milliseconds: Int64 = 1_700_000_000_000
    ) -> OriginCheck {
        let headers = others + (signature.map { [HeaderField("Certn-Signature", $0)] } ?? [])
        return provider.verify(
            .with(
                headers: headers, body: Array(body.utf8),
                receivedAt: Timestamp(millisecondsSinceEpoch: milliseconds)), with: secrets)
    }

    private func only(_ body: String) throws -> ReportContent {
        let reports = provider.parse(body: body, headers: [HeaderField("Certn-Signature", "t=1,v1=0")])
        #expect(reports.count == 1)
        return try #require(reports.first)
    }

    // MARK: 2A.1

    @Test(
        "Legacy deliveries: an applicant comes by POST as JSON, at any path below the source",
        arguments: ["/certn", "/certn/hook/1"])
    func post(_ target: String) {
        #expect(SampleSources.table.source(at: RequestTarget(target).path)?.name == "certn")
        let request = InboundRequest.with(
            target: target, headers: [HeaderField("Content-Type", "application/json")], body: Array(Self.body.utf8))
        #expect(provider.screen(request, redirects: .none) == .delivery)
    }

    @Test(
        "Legacy signature: one fixed secret proves the accounts below the partner, whatever they send",
        arguments: ["a", "b"])
    func partnerSecret(_ account: String) {
        let body = #"{"id":"\#(account)","application":{"team":{"id":"\#(account)"}}}"#
        #expect(
            verify("t=1700000000,v1=" + Self.hex("1700000000", body), body: body) == .verified(secretName: "legacy"))
    }

    @Test("Legacy signature: older set-ups have one secret per team, chosen by Certn-Team-ID", arguments: ["a", "b"])
    func teamSecret(_ team: String) {
        let secrets = ["a", "b"].map { (id: String) in
            Secret(name: "team \(id)", purpose: .legacy, identity: id, bytes: Array("key of \(id)".utf8))
        }
        let signature = "t=1700000000,v1=" + Self.hex("1700000000", key: "key of \(team)")
        #expect(
            verify(signature, others: [HeaderField("Certn-Team-ID", team)], secrets: secrets)
                == .verified(secretName: "team \(team)"))
    }

    @Test("Legacy signature: the header is only there where signing was switched on; without it the reason is told")
    func optional() throws {
        #expect(verify(nil) == .failed(.missing))
        let reports = provider.parse(body: Self.body)
        #expect(reports.map(\.provider) == ["certn-legacy"])
    }

    @Test(
        "Legacy signature: the header is a list of key=value, of which t and any number of v1 count",
        arguments: [
            "t=1700000000,v1=#", "v1=#,t=1700000000", "t=1700000000, v1=#", "t=1700000000,v0=00,v1=#,v2=x",
            "t=1700000000,v1=\(String(repeating: "0", count: 64)),v1=#", "t=1700000000,v1=#,other=a=b",
        ])
    func grammar(_ form: String) {
        let header = form.split(separator: "#", omittingEmptySubsequences: false)
            .joined(separator: Self.hex("1700000000"))
        #expect(verify(header) == .verified(secretName: "legacy"))
    }

    @Test("Legacy signature: no scheme but v1 counts", arguments: ["v0", "v2", "v11", "V1", "sha256"])
    func schemes(_ scheme: String) {
        #expect(verify("t=1700000000,\(scheme)=" + Self.hex("1700000000")) == .failed(.malformed))
    }

    @Test("Legacy signature: signed are the time, a dot and the raw body")
    func signed() {
        #expect(verify("t=1700000000,v1=" + Self.hex("1700000000")) == .verified(secretName: "legacy"))
        #expect(verify("t=1700000001,v1=" + Self.hex("1700000000")) == .failed(.mismatch))
        #expect(verify("t=1700000000,v1=" + Self.hex("1700000000"), body: Self.body + "\n") == .failed(.mismatch))
        let undotted = Hex.encode(TestCode.hmac(key: "certn-test-secret", Array("1700000000\(Self.body)".utf8)))
        #expect(verify("t=1700000000,v1=" + undotted) == .failed(.mismatch))
    }

    @Test("Legacy signature: HMAC-SHA256 with the webhook secret, in hex")
    func encoding() {
        let header = "t=1700000000,v1=50b1e13dd53e83f52ad70a721833d42adcbe67743e9372aed16320e8f6f441a6"
        #expect(verify(header) == .verified(secretName: "legacy"))
        #expect(verify("t=1700000000,v1=" + Self.hex("1700000000", key: "other")) == .failed(.mismatch))
    }

    @Test("Legacy signature: the age counts after the signature: old and right is expired, old and wrong a mismatch")
    func age() {
        #expect(
            verify("t=1699999000,v1=" + Self.hex("1699999000"))
                == .expired(secretName: "legacy", milliseconds: 1_000_000))
        #expect(verify("t=1699999000,v1=" + Self.hex("1700000000")) == .failed(.mismatch))
    }

    @Test("Legacy retries: three retries with new times and signatures are one report")
    func retries() {
        var keys: Set<String> = []
        for attempt in 0...3 {
            let time = "170000000\(attempt)"
            let header = "t=\(time),v1=" + Self.hex(time)
            #expect(verify(header) == .verified(secretName: "legacy"))
            keys.formUnion(
                provider.parse(body: Self.body, headers: [HeaderField("Certn-Signature", header)]).map(\.dedupeKey))
        }
        #expect(keys == ["body:" + TestCode.sha256Hex(Self.body)])
    }

    @Test("Legacy retries: what is answered at once is answered 2xx", arguments: ["GET", "HEAD"])
    func responses(_ method: String) {
        guard case .handshake(let response, _) = provider.screen(.with(method: method), redirects: .none) else {
            Issue.record("\(method) is not greeted")
            return
        }
        #expect(response.status == 200)
    }

    @Test("Legacy deliveries: the body is the applicant itself, without wrapper, event name or event id")
    func applicant() throws {
        let report = try only(Self.body)
        #expect(report.provider == "certn-legacy" && report.type == "applicant" && report.problem == nil)
        #expect(report.values(of: "id") == ["a123b4cd-1a23-1a23-12a3-a123456b7890"])
    }

    @Test("Legacy deliveries: an object of the sizes seen is read", arguments: [4_200, 13_200])
    func sizes(_ count: Int) throws {
        let body = #"{"id":"a","notes":"\#(String(repeating: "x", count: count))"}"#
        #expect(try only(body).values(of: "id") == ["a"])
    }

    @Test("Legacy deliveries: several updates of one applicant are several reports, in no promised order")
    func updates() throws {
        let one = try only(#"{"id":"a","report_status":"ANALYZING","modified":"2026-01-01T00:00:00Z"}"#)
        let two = try only(#"{"id":"a","report_status":"COMPLETE","modified":"2026-01-02T00:00:00Z"}"#)
        #expect(one.dedupeKey != two.dedupeKey)
        #expect(try #require(one.providerTime) < #require(two.providerTime))
    }

    @Test(
        "Legacy applicant: of an applicant's times modified counts, then last_updated",
        arguments: [
            ("modified", "2026-11-03T14:00:00.000Z"), ("last_updated", "2026-11-03T14:00:00.000Z"), ("created", nil),
            ("submitted_time", nil),
        ] as [(String, String?)])
    func times(_ name: String, _ time: String?) throws {
        let report = try only(#"{"id":"a","\#(name)":"2026-11-03T14:00:00Z"}"#)
        #expect(report.providerTime?.rfc3339 == time)
    }

    @Test(
        "Legacy applicant: a request flag changes nothing of how an applicant is read",
        arguments: [
            "identity_verification", "equifax", "base", "instant_verify_employment", "instant_verify_education",
            "instant_verify_credential", "international_criminal_record_check", "enhanced_identity_verification",
            "motor_vehicle_records", "criminal_record_check", "enhanced_criminal_record_check",
            "vulnerable_sector_criminal_record_check", "employer_references", "address_references",
            "employer_phone_references", "address_phone_references", "softcheck", "social_media_check", "soquij",
            "us_criminal_record_check_tier_1", "us_criminal_record_check_tier_2", "us_criminal_record_check_tier_3",
            "education_verification", "credential_verification", "employment_verification", "vaccination_check",
            "right_to_work", "uk_basic_dbs_check", "uk_basic_ds_check", "uk_right_to_work_check",
        ])
    func requestFlags(_ name: String) throws {
        let report = try only(#"{"id":"a","request_\#(name)":true}"#)
        #expect(report.type == "applicant" && report.problem == nil && report.fields == [ReportField("id", "a")])
    }

    @Test(
        "Legacy applicant: other documented members pass",
        arguments: [
            #""requested_countries":["CA"]"#, #""us_criminal_record_check_years":7"#,
            #""employer_questionaire_id":"1""#, #""address_questionaire_id":null"#, #""employer_references_min":1"#,
            #""education_verification_max":2"#, #""is_submitted":true"#, #""applicant_type":"x""#,
            #""certn_score":"PASS""#, #""country":"CA""#, #""information":{"first_name":"A"}"#,
            #""equifax_result":{"status":"NONE","dispute":null}"#, #""activity_log":[]"#,
            #""adjudication_status":"NONE""#, #""report_summary":{"report_status":"COMPLETE"}"#,
            #""onboarding_link":"https://x""#, #""comments":[]"#,
        ])
    func otherMembers(_ member: String) throws {
        let report = try only(#"{"id":"a",\#(member)}"#)
        #expect(report.type == "applicant" && report.problem == nil && report.values(of: "id") == ["a"])
    }

    // MARK: 2A.3

    @Test(
        "Legacy statuses: statuses are kept as they are, under their names",
        arguments: [
            ("report_status", ["ANALYZING", "COMPLETE", "SOMETHING_NEW"]),
            (
                "status",
                [
                    "Pending", "Incomplete", "Analyzing", "Returned", "Waiting on candidate", "In progress", "Complete",
                    "Action required", "In dispute", "Cancelled", "Unresponsive",
                ]
            ), ("result", ["CLEARED", "NONE", "REFERRED"]),
        ])
    func statuses(_ name: String, _ values: [String]) throws {
        for value in values {
            let report = try only(#"{"id":"a","\#(name)":"\#(value)"}"#)
            #expect(report.values(of: name) == [value] && report.problem == nil)
        }
    }

    @Test(
        "Legacy statuses: a check's own status and a score are left in the body",
        arguments: [
            "NONE", "ANALYZING", "PENDING", "PARTIAL", "RETURNED", "ERROR", "VERIFIED", "PARTIALLY VERIFIED",
            "UNVERIFIED", "VERIFICATION PENDING", "SYSTEM UNABLE TO VERIFY", "UPGRADE", "UPGRADE TO VERIFY",
        ])
    func checkStatuses(_ status: String) throws {
        let report = try only(#"{"id":"a","equifax_result":{"status":"\#(status)"},"certn_score_value":"PASS"}"#)
        #expect(report.fields == [ReportField("id", "a")] && report.problem == nil)
    }

    // MARK: 2A.4

    @Test(
        "Legacy identifiers: an applicant is found by its id, its application's and its applicant's, by tag and account"
    )
    func correlation() throws {
        let report = try only(
            #"""
            {"id":"A","tag":"order-1","applicant_account":{"id":"X","email":"a@example.com"},
            "application":{"id":"P","applicant":{"id":"A2","email":"b@example.com"},"owner":{"id":"O"}}}
            """#)
        #expect(
            report.fields == [
                ReportField("id", "A"), ReportField("application.id", "P"),
                ReportField("application.applicant.id", "A2"), ReportField("tag", "order-1"),
                ReportField("applicant_account.email", "a@example.com"),
            ])
    }

    @Test("Legacy identifiers: without an event id the body's SHA-256 tells repeats apart")
    func dedupe() throws {
        #expect(try only(Self.body).dedupeKey == "body:" + TestCode.sha256Hex(Self.body))
        #expect(try only(Self.body).dedupeKey != only(Self.body + " ").dedupeKey)
    }

    @Test(
        "Legacy signature: an unsigned post is told from a wrongly signed one, and read like a signed one where it is let in"
    )
    func unsigned() throws {
        #expect(verify(nil) == .failed(.missing))
        #expect(verify("t=1700000000,v1=" + Self.hex("1")) == .failed(.mismatch))
        #expect(provider.parse(body: Self.body) == [try only(Self.body)])
    }

    @Test("Legacy signature: neither X-Certn-Signature nor an HMAC of the body alone is taken")
    func thirdParties() {
        let plain = Hex.encode(TestCode.hmac(key: "certn-test-secret", Array(Self.body.utf8)))
        #expect(verify(nil, others: [HeaderField("X-Certn-Signature", plain)]) == .failed(.missing))
        #expect(verify("t=1700000000,v1=" + plain) == .failed(.mismatch))
        #expect(verify(plain) == .failed(.malformed))
    }

    // MARK: 6

    @Test(
        "Undocumented: 300 s on both sides, and the setting decides",
        arguments: [(300_000, true), (-300_000, true), (300_001, false), (-300_001, false)] as [(Int64, Bool)])
    func default14(_ age: Int64, _ isFresh: Bool) {
        #expect(OriginPolicy.defaultToleranceMilliseconds == 300_000)
        let check = verify(
            "t=1700000000,v1=" + Self.hex("1700000000"), receivedAt: 1_700_000_000_000 + age)
        #expect(
            check == (isFresh ? .verified(secretName: "legacy") : .expired(secretName: "legacy", milliseconds: age)))
    }

    @Test(
        "Undocumented: hex, and seconds or thirteen digits of milliseconds", arguments: ["1700000000", "1700000000000"])
    func default15(_ time: String) {
        #expect(verify("t=\(time),v1=" + Self.hex(time)) == .verified(secretName: "legacy"))
        let code = TestCode.hmac(key: "certn-test-secret", Array("\(time).\(Self.body)".utf8))
        let base64 = Data(code).base64EncodedString()
        #expect(verify("t=\(time),v1=" + base64) == .failed(.malformed))
    }

    @Test("Undocumented: words of no known list are kept", arguments: ["report_status", "status", "result"])
    func default17(_ name: String) throws {
        #expect(try only(#"{"id":"a","\#(name)":"Só esperando 1"}"#).values(of: name) == ["Só esperando 1"])
    }

    @Test("Undocumented: the legacy adapter lives beside Centric's at one source")
    func default19() {
        #expect(provider.secretPurposes.contains(.legacy) && provider.secretPurposes.contains(.centric))
        #expect(verify("t=1700000000,v1=" + Self.hex("1700000000")) == .verified(secretName: "legacy"))
    }

    @Test("Undocumented: an older state that arrives later keeps its older time")
    func default34() throws {
        let report = try only(#"{"id":"a","modified":"2020-01-01T00:00:00.5+01:00"}"#)
        #expect(report.providerTime?.rfc3339 == "2019-12-31T23:00:00.500Z")
    }
}
