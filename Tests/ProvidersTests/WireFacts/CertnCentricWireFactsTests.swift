import Deliveries
import Foundation
import Providers
import TestKit
import Testing

/// Centric's wire facts: each title begins with the section of certn-reference that has the fact.
@Suite("Wire facts: Certn Centric")
struct CertnCentricWireFactsTests {
    private let provider = CertnProvider()
    private static let body = #"""
        {"id":"e50b8c4f-9a95-40a0-886a-37aa21ea078e","event_type":"CASE_STATUS_CHANGED",\#
        "object_id":"2f64d134-1c54-4028-8e8b-9cfa7bd8011c","object_type":"CASE"}
        """#

    private static var code: [UInt8] {
        TestCode.hmac(key: "centric-test-secret", Array(body.utf8))
    }

    private func verify(
        _ signature: String?, body: String = body, others: [HeaderField] = [], receivedAt: Timestamp = .vectors
    ) -> OriginCheck {
        let headers = others + (signature.map { [HeaderField("X-Signature", $0)] } ?? [])
        return provider.verify(
            .with(headers: headers, body: Array(body.utf8), receivedAt: receivedAt), with: SampleSources.certnSecrets)
    }

    private func only(_ body: String) throws -> ReportContent {
        let reports = provider.parse(body: body, headers: [HeaderField("X-Signature", "0")])
        #expect(reports.count == 1)
        return try #require(reports.first)
    }

    private func response(_ method: String, _ target: String) throws -> Response {
        guard
            case .handshake(let response, _) = provider.screen(.with(method: method, target: target), redirects: .none)
        else {
            Issue.record("\(method) \(target) is not greeted")
            throw CancellationError()
        }
        return response
    }

    // MARK: 2B.1

    @Test(
        "Centric challenge: the challenge of a new URL is the whole body of the answer",
        arguments: ["/certn", "/certn/a/b"])
    func challenge(_ path: String) throws {
        let response = try response("GET", "\(path)?challenge=D7DL0Vj0dGEC04sS3aNGcmDThhg4F6mo5CNdsOXTC8Y")
        #expect(response.status == 200)
        #expect(String(decoding: response.body, as: UTF8.self) == "D7DL0Vj0dGEC04sS3aNGcmDThhg4F6mo5CNdsOXTC8Y")
    }

    @Test(
        "Centric challenge: the echo's headers are those of the samples",
        arguments: [("Content-Type", "text/plain"), ("X-Content-Type-Options", "nosniff")])
    func echoHeaders(_ name: String, _ value: String) throws {
        #expect(HeaderFields(try response("GET", "/certn?challenge=a").headers).onlyValue(named: name) == value)
    }

    @Test("Centric notification: a notification comes by POST as JSON of four keys")
    func post() throws {
        #expect(Self.body.utf8.count == 152)
        #expect(provider.screen(.with(body: Array(Self.body.utf8)), redirects: .none) == .delivery)
    }

    @Test(
        "Centric notification: its keys are indexed under their names",
        arguments: [
            ("id", "e50b8c4f-9a95-40a0-886a-37aa21ea078e"), ("object_id", "2f64d134-1c54-4028-8e8b-9cfa7bd8011c"),
            ("object_type", "CASE"),
        ])
    func keys(_ name: String, _ value: String) throws {
        let report = try only(Self.body)
        #expect(report.provider == "certn-centric" && report.type == "CASE_STATUS_CHANGED" && report.problem == nil)
        #expect(report.values(of: name) == [value])
    }

    @Test("Centric notification: event_id may stand for id, and case_status beside it")
    func variants() throws {
        let report = try only(#"{"event_id":"e","event_type":"CASE_STATUS_CHANGED","case_status":"COMPLETE"}"#)
        #expect(report.dedupeKey == "event:e" && report.values(of: "id") == ["e"])
        #expect(report.values(of: "case_status") == ["COMPLETE"])
    }

    @Test("Centric signature: X-Signature is HMAC-SHA256 of the body with the webhook's secret")
    func signature() {
        let hex = "f977c5c42bb70f2a5e030b22eee28a2fbfea59903ae93e2f3a2cfefb6c4cfa7b"
        #expect(verify(hex) == .verified(secretName: "centric"))
        #expect(verify(hex, body: Self.body + " ") == .failed(.mismatch))
        #expect(verify(nil) == .failed(.missing))
        #expect(
            verify(Hex.encode(TestCode.hmac(key: "certn-test-secret", Array(Self.body.utf8)))) == .failed(.mismatch),
            "the legacy API's secret")
    }

    @Test("Centric signature: the signature is hex or base 64, alone or behind sha256=", arguments: ["", "sha256="])
    func encodings(_ prefix: String) {
        for text in [Hex.encode(Self.code), Data(Self.code).base64EncodedString()] {
            #expect(verify(prefix + text) == .verified(secretName: "centric"))
        }
    }

    @Test(
        "Centric signature: no time is signed, so no delivery is too old", arguments: [0, 1_700_000_000_000, Int64.max])
    func noTime(_ arrival: Int64) throws {
        #expect(
            verify(Hex.encode(Self.code), receivedAt: Timestamp(millisecondsSinceEpoch: arrival))
                == .verified(secretName: "centric"))
        #expect(try only(Self.body).providerTime == nil)
    }

    @Test(
        "Centric notification: every event type is the type and is routed by rule",
        arguments: [
            "CASE_STATUS_CHANGED", "CHECK_STATUS_CHANGED", "CASE_REPORT_READY",
            "CASE_INPUT_CLAIMS_AUTOMATICALLY_GENERATED", "SOMETHING_NEW",
        ])
    func eventTypes(_ type: String) throws {
        let report = try only(#"{"id":"e","event_type":"\#(type)","object_id":"o","object_type":"CASE"}"#)
        #expect(report.type == type && report.dedupeKey == "event:e" && report.problem == nil)
        let named = try RouteTable([RouteEntry(key: type, topic: "named"), RouteEntry(key: "other", topic: "rest")])
        let rest = try RouteTable([RouteEntry(key: "applicant", topic: "a"), RouteEntry(key: "other", topic: "rest")])
        #expect(named.route(forType: report.type) == Route(rule: .specific, topic: "named"))
        #expect(rest.route(forType: report.type) == Route(rule: .other, topic: "rest"))
    }

    @Test(
        "Centric notification: object types other than CASE are kept as they are",
        arguments: ["CASE", "CHECK", "CASE_REPORT_FILE"])
    func objectTypes(_ type: String) throws {
        let report = try only(#"{"id":"e","event_type":"X","object_id":"o","object_type":"\#(type)"}"#)
        #expect(report.values(of: "object_type") == [type])
    }

    // MARK: 2B.3

    @Test(
        "Centric statuses: a status that comes along is kept as it is",
        arguments: [
            "DRAFT", "CASE_ORDERED", "INVITE_UNDELIVERABLE", "APPLICANT_EXPIRED", "APPLICANT_INVITED",
            "APPLICANT_OPENED", "APPLICANT_STARTED", "APPLICANT_SUBMITTED", "IN_DISPUTE", "IN_PROGRESS",
            "APPLICANT_ACTION_REQUIRED", "CLIENT_ACTION_REQUIRED", "CANCELLED", "COMPLETE", "APPLICANT_DECLINED",
            "SUPERSEDED",
        ])
    func statuses(_ status: String) throws {
        let report = try only(#"{"id":"e","event_type":"CASE_STATUS_CHANGED","case_status":"\#(status)"}"#)
        #expect(report.values(of: "case_status") == [status] && report.problem == nil)
    }

    // MARK: 2B.4

    @Test("Centric identifiers: object_id finds the case, id or event_id tells repeats", arguments: ["id", "event_id"])
    func correlation(_ name: String) throws {
        let report = try only(#"{"\#(name)":"e","event_type":"CASE_STATUS_CHANGED","object_id":"case-1"}"#)
        #expect(report.values(of: "object_id") == ["case-1"] && report.dedupeKey == "event:e")
    }

    @Test("Centric challenge: one path answers the challenge and takes the delivery")
    func onePath() throws {
        #expect(String(decoding: try response("GET", "/certn?challenge=abc").body, as: UTF8.self) == "abc")
        #expect(provider.screen(.with(target: "/certn", body: Array(Self.body.utf8)), redirects: .none) == .delivery)
        let challenged = InboundRequest.with(target: "/certn?challenge=abc", body: Array(Self.body.utf8))
        #expect(provider.screen(challenged, redirects: .none) == .delivery)
    }

    @Test(
        "Centric challenge: only a bounded text is echoed, as plain text nobody sniffs",
        arguments: ["%3Cscript%3E", "a%0D%0Ab"])
    func reflection(_ query: String) throws {
        let response = try response("GET", "/certn?challenge=\(query)")
        let headers = HeaderFields(response.headers)
        #expect(headers.onlyValue(named: "Content-Type")?.hasPrefix("text/plain") == true)
        #expect(headers.onlyValue(named: "X-Content-Type-Options") == "nosniff")
        #expect(!response.body.contains(0x0d))
    }

    @Test("Centric signature: the two APIs are told apart by their headers and by their bodies")
    func apart() throws {
        #expect(verify(nil, others: [HeaderField("Certn-Signature", Hex.encode(Self.code))]) == .failed(.malformed))
        #expect(try only(Self.body).provider == "certn-centric")
        #expect(try only(#"{"id":"a","report_status":"COMPLETE"}"#).provider == "certn-legacy")
    }

    // MARK: 6

    @Test("Undocumented: hex, base 64, and sha256= before either")
    func default20() {
        let hex = Hex.encode(Self.code)
        for text in [hex, hex.uppercased(), "+XfFxCu3DypeAwsi7uKKL7/qWZA66T4vOiz++2xM+ns=", "sha256=\(hex)"] {
            #expect(verify(text) == .verified(secretName: "centric"))
        }
        #expect(verify("md5=\(hex)") == .failed(.malformed))
    }

    @Test("Undocumented: a delivery may come again without harm")
    func default21() throws {
        #expect(try only(Self.body) == only(Self.body))
    }

    @Test("Undocumented: the object of CASE_REPORT_READY is kept, case or report file", arguments: ["case", "file"])
    func default22(_ id: String) throws {
        let report = try only(#"{"id":"e","event_type":"CASE_REPORT_READY","object_id":"\#(id)"}"#)
        #expect(report.type == "CASE_REPORT_READY" && report.values(of: "object_id") == [id])
    }

    @Test(
        "Undocumented: up to 1024 printable bytes are echoed after percent-decoding, no more and nothing else",
        arguments: [
            ("a%2Bb+c%25", "a+b+c%"), ("%7e%20%21", "~ !"),
            (String(repeating: "a", count: 1024), String(repeating: "a", count: 1024)),
            (String(repeating: "a", count: 1025), nil), ("%00", nil), ("%C3%A9", nil), ("", nil),
        ] as [(String, String?)])
    func default23(_ query: String, _ echo: String?) throws {
        let response = try response("GET", "/certn?challenge=\(query)")
        #expect(response.status == (echo == nil ? 400 : 200))
        if let echo { #expect(response.body == Array(echo.utf8)) }
    }

    @Test("Undocumented: a notification has no time and is ordered by arrival")
    func default34() throws {
        #expect(try only(Self.body).providerTime == nil)
    }
}
