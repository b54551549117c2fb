import Deliveries
import StrictJSON
import TestKit
import Testing

@testable import CallboxCommands
@testable import ReportArchive

@Suite("What the command line asks to have written about links")
struct LinkRequestTests {
    private static let order = LinkOrder(
        provider: "klavi", api: "https://api.example/é", keys: [ReportField("linkId", "1"), ReportField("a", "")],
        expectations: [
            LinkExpectation("pf_income"), LinkExpectation("applicant", field: ReportField("report_status", "COMPLETE")),
        ],
        externalInfo: #"{"traceId":"\u0000\"x"}"#, expiresAt: .fixture)

    private static let id = LinkID(rawValue: 42)

    @Test(
        "a request is read back as it was written",
        arguments: [
            .record(order), .record(LinkOrder(provider: "p", api: "")),
            .record(LinkOrder(provider: "p\u{0}\"\\\u{202e}", api: "\r\n", keys: [ReportField("\"", "\u{0}")])),
            .change(id, .created(keys: [], expiresAt: nil)),
            .change(id, .created(keys: order.keys, expiresAt: .fixture)), .change(id, .failed(note: "")),
            .change(id, .failed(note: "422: \"no\"\n")), .change(id, .disabled), .change(id, .dismissed(note: "x")),
            .change(
                LinkID(rawValue: 999_999_999_999_999_999), .rescheduled(expiresAt: Timestamp(millisecondsSinceEpoch: 0))
            ),
        ] as [LinkRequest])
    func roundTrip(request: LinkRequest) {
        let control = ControlRequest.link(request)
        #expect(ControlRequest(path: control.path, body: Array(control.body.utf8)) == control)
    }

    @Test("each has its path, and is not understood at the other's")
    func paths() {
        let record = ControlRequest.link(.record(Self.order))
        let change = ControlRequest.link(.change(Self.id, .disabled))
        #expect(record.path == "/links/record")
        #expect(change.path == "/links/change")
        #expect(ControlRequest(path: change.path, body: Array(record.body.utf8)) == nil)
        #expect(ControlRequest(path: record.path, body: Array(change.body.utf8)) == nil)
        #expect(ControlRequest(path: "/links/", body: Array(record.body.utf8)) == nil)
        #expect(ControlRequest(path: "/links/record/", body: Array(record.body.utf8)) == nil)
    }

    @Test(
        "an order that lacks something or says something impossible is none",
        arguments: [
            (#""provider":"klavi""#, #""provider":"""#), (#""provider":"klavi""#, #""provider":null"#),
            (#""provider":"klavi""#, #""x":"klavi""#), (#""api":"https"#, #""x":"https"#),
            (#""api":"https://api.example/é""#, #""api":7"#), (#""keys":[["linkId","1"]"#, #""keys":[["linkId"]"#),
            (#""keys":[["linkId","1"]"#, #""keys":[["linkId","1","2"]"#),
            (#""keys":[["linkId","1"]"#, #""keys":[["linkId",1]"#),
            (#""keys":[["linkId","1"]"#, #""keys":["linkId"]"#), (#""keys":[["linkId","1"],["a",""]]"#, #""keys":{}"#),
            (#""keys":"#, #""key":"#), (#""pf_income","#, #""","#), (#""pf_income","#, "7,"),
            (#""pf_income","#, #""a:","#),
            (#""expectations":["pf_income","applicant:report_status=COMPLETE"]"#, #""expectations":"pf_income""#),
            (#""expectations":"#, #""x":"#), (#""expiresAt":1793613600250"#, #""expiresAt":"1793613600250""#),
            (#""expiresAt":1793613600250"#, #""expiresAt":1e400"#),
            (#""externalInfo":"{"#, #""externalInfo":7,"y":"{"#),
            (#""externalInfo":"{"#, #""externalInfo":{},"y":"{"#),
        ])
    func damagedOrder(part: String, replacement: String) throws {
        let good = ControlRequest.link(.record(Self.order)).body
        let damaged = good.replacing(part, with: replacement)
        try #require(damaged != good)
        #expect(ControlRequest(path: "/links/record", body: Array(damaged.utf8)) == nil)
    }

    @Test(
        "a change that lacks something or says something impossible is none",
        arguments: [
            "{}", "[]", #"{"id":1}"#, #"{"change":"disabled"}"#, #"{"id":"1","change":"disabled"}"#,
            #"{"id":1.5,"change":"disabled"}"#, #"{"id":1,"change":"Disabled"}"#, #"{"id":1,"change":null}"#,
            #"{"id":1,"change":"requested"}"#, #"{"id":1,"change":"failed"}"#, #"{"id":1,"change":"failed","note":7}"#,
            #"{"id":1,"change":"dismissed"}"#, #"{"id":1,"change":"created"}"#,
            #"{"id":1,"change":"created","keys":[],"expiresAt":"x"}"#, #"{"id":1,"change":"created","keys":[[]]}"#,
            #"{"id":1,"change":"rescheduled"}"#, #"{"id":1,"change":"rescheduled","expiresAt":null}"#,
        ])
    func damagedChange(body: String) {
        #expect(ControlRequest(path: "/links/change", body: Array(body.utf8)) == nil)
    }

    @Test("a running server writes the order down, then the change; an unknown link is refused")
    func work() async throws {
        try await TestArchive.with { archive in
            let writer = try ArchiveWriter(archive.location)
            defer { writer.close() }
            let work = ControlWork(
                writer: writer, sources: { () throws(CommandFailure) in throw CommandFailure(.configuration, "none") },
                retention: { Retention() }, now: { .fixture })
            #expect(try work(.link(.record(Self.order))).compact == #"{"id":1}"#)
            let reader = try ArchiveReader(archive.location)
            let link = try #require(try reader.link(LinkID(rawValue: 1)))
            #expect(link.createdAt == .fixture)
            #expect(link.order.provider == "klavi")
            #expect(try work(.link(.change(link.id, .disabled))).compact == "{}")
            #expect(try reader.link(link.id)?.state == .disabled)
            let failure = #expect(throws: CommandFailure.self) { try work(.link(.change(Self.id, .disabled))) }
            #expect(failure?.status == .negative)
            #expect(failure?.message == "there is no link 42 in the ledger")
        }
    }
}
