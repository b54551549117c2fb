import Deliveries
import ReportArchive
import StrictJSON
import TestKit
import Testing

@testable import CallboxCommands

@Suite("What is to be written into the ledger, over the control socket")
struct LinkRequestTests {
    @Test(
        "each request reads back as it was",
        arguments: [
            LinkRequest.record(LinkOrder(provider: "klavi", api: "http://x")),
            .record(
                LinkOrder(
                    provider: "ezid", api: "", keys: [ReportField("a", "\u{1b}\"=1"), ReportField("a", "")],
                    expectations: [
                        LinkExpectation("x"), LinkExpectation("y", field: ReportField("f", "a=b:c")),
                    ], externalInfo: #"{"a":[1]}"#, expiresAt: .fixture)),
            .change(LinkID(rawValue: 7), .created(keys: [ReportField("linkId", "L-1")], expiresAt: nil)),
            .change(LinkID(rawValue: 7), .created(keys: [], expiresAt: .fixture)),
            .change(LinkID(rawValue: 7), .failed(note: "no")),
            .change(LinkID(rawValue: 999_999_999_999_999_999), .disabled),
            .change(LinkID(rawValue: 7), .dismissed(note: "")),
            .change(LinkID(rawValue: 7), .rescheduled(expiresAt: .fixture)),
        ])
    func roundTrip(request: LinkRequest) throws {
        let root = try JSONDocument(parsing: Array(request.body.compact.utf8)).root
        #expect(LinkRequest(path: request.path, root) == request)
    }

    @Test(
        "anything else is none",
        arguments: [
            ("/links/record", "{}"), ("/links/record", #"{"provider":"","api":"","keys":[],"expectations":[]}"#),
            ("/links/record", #"{"provider":"x","api":"","keys":{},"expectations":[]}"#),
            ("/links/record", #"{"provider":"x","api":"","keys":[["a"]],"expectations":[]}"#),
            ("/links/record", #"{"provider":"x","api":"","keys":[["a",1]],"expectations":[]}"#),
            ("/links/record", #"{"provider":"x","api":"","keys":[],"expectations":[":"]}"#),
            ("/links/record", #"{"provider":"x","api":"","keys":[]}"#),
            ("/links/change", "{}"), ("/links/change", #"{"id":1}"#),
            ("/links/change", #"{"id":"1","change":"disabled"}"#), ("/links/change", #"{"id":1,"change":"deleted"}"#),
            ("/links/change", #"{"id":1,"change":"failed"}"#), ("/links/change", #"{"id":1,"change":"dismissed"}"#),
            ("/links/change", #"{"id":1,"change":"rescheduled"}"#),
            ("/links/change", #"{"id":1,"change":"created"}"#), ("/links", #"{"id":1,"change":"disabled"}"#),
            ("/links/change", "[]"),
        ])
    func refused(path: String, body: String) throws {
        #expect(LinkRequest(path: path, try JSONDocument(parsing: Array(body.utf8)).root) == nil)
    }
}
