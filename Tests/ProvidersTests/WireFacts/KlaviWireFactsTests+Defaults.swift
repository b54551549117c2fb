import Deliveries
import Foundation
import Providers
import StrictJSON
import TestKit
import Testing

/// The behaviour that replaces missing documentation.
extension KlaviWireFactsTests {
    @Test(
        "Undocumented: a timestamp more than 300 s off is a warning and no rejection",
        arguments: [300, 301, -300, -301])
    func default1(_ age: Int) throws {
        let time = [HeaderField("X-Klavi-Timestamp", "\(1_700_000_000 - age)")]
        #expect(
            verify(KlaviWire.event, signature: Self.hex(KlaviWire.event), others: time)
                == .verified(secretName: "primary"))
        let report = try only(KlaviWire.event, headers: time)
        #expect(report.type == "link_created" && (report.problem != nil) == (abs(age) > 300))
    }

    @Test("Undocumented: without a signature nothing gets in, unless a source allows it beside its addresses")
    func default2() {
        #expect(verify(KlaviWire.report, signature: nil) == .failed(.missing))
        #expect(!SenderPolicy.anywhere.acceptsUnsigned)
    }

    @Test("Undocumented: a product with no rule is archived without a topic")
    func default6() throws {
        let table = try RouteTable([RouteEntry(key: "pf_loans", topic: "loans")])
        #expect(table.route(forType: try only(KlaviWire.report).type) == nil)
    }

    @Test(
        "Undocumented: external_info as JSON, as base 64 of JSON, else kept raw",
        arguments: [
            ("%7B%22a%22%3A%22%C3%A7~%3F%22%7D", #"{"a":"ç~?"}"#, nil), ("eyJhIjoiw6d-PyJ9", #"{"a":"ç~?"}"#, nil),
            ("eyJhIjoiw6d%2BPyJ9", #"{"a":"ç~?"}"#, nil), ("eyJhIjoiYiJ9", #"{"a":"b"}"#, nil),
            ("trace-1%21", #""trace-1!""#, "kept as text"),
        ] as [(String, String, String?)])
    func default8(_ text: String, _ info: String, _ problem: String?) throws {
        let report = try #require(provider.parse(target: "/?link_id=L&external_info=\(text)").first)
        #expect(report.externalInfo == info)
        #expect(report.values(of: "linkId") == ["L"])
        #expect(problem.map { report.problem?.hasSuffix($0) == true } ?? (report.problem == nil))
    }

    @Test("Undocumented: what is encrypted whole is archived and not guessed at")
    func default9() throws {
        let body = #""q83vEjRWeJA=""#
        #expect(screen("POST", body: body) == .delivery)
        #expect(verify(body, signature: Self.hex(body)) == .verified(secretName: "primary"))
        let report = try only(body)
        #expect(report.type == "unrecognised" && report.dedupeKey == "body:" + TestCode.sha256Hex(body))
    }

    @Test("Undocumented: 16 MiB are within the limit, verified and read")
    func default10() throws {
        let start = #"{"productName":"pf_loans","productReportId":"1","x":""#
        let body = start + String(repeating: "x", count: 16 << 20 - start.utf8.count - 2) + #""}"#
        #expect(body.utf8.count <= Source.defaultBodyByteCountLimit)
        #expect(verify(body, signature: Self.hex(body)) == .verified(secretName: "primary"))
        #expect(try only(body).dedupeKey == "report:1")
    }

    @Test(
        "Undocumented: of a payload nobody documented the known keys are picked",
        arguments: ["product_generated_failed", "link_action_status"])
    func default11(_ name: String) throws {
        let report = try only(
            #"""
            [{"eventName":"\#(name)","eventId":"1","payload":{"linkId":"L","requestId":"R","productName":"pf_loans",
            "reason":{"code":5000},"whatever":[1]}}]
            """#)
        #expect(report.problem == nil)
        #expect(["linkId", "requestId", "productName"].flatMap { report.values(of: $0) } == ["L", "R", "pf_loans"])
    }

    @Test(
        "Undocumented: every form of a connectivity test is answered 200 and not archived",
        arguments: [("GET", ""), ("HEAD", ""), ("POST", ""), ("POST", "[]"), ("POST", "{}")])
    func default12(_ method: String, _ body: String) {
        #expect(screen(method, body: body) == Self.handshake)
    }

    @Test("Undocumented: one to many events in an array are one report each", arguments: [1, 2, 50])
    func default13(_ count: Int) {
        let events = (1...count).map { #"{"eventName":"link_created","eventId":"\#($0)"}"# }
        let keys = provider.parse(body: "[\(events.joined(separator: ","))]").map(\.dedupeKey)
        #expect(keys == (1...count).map { "event:\($0)" })
    }

    @Test("Undocumented: the provider's time is the body's, whenever it arrives")
    func default34() {
        let times = [1_700_000_000_000, 1_900_000_000_000].map { arrival in
            provider.parse(
                ArchivedDelivery(
                    of: .with(
                        body: Array(KlaviWire.report.utf8), receivedAt: Timestamp(millisecondsSinceEpoch: arrival)))
            ).reports.map { $0.providerTime?.rfc3339 }
        }
        #expect(times == [["2019-12-23T06:10:43.000Z"], ["2019-12-23T06:10:43.000Z"]])
    }
}
