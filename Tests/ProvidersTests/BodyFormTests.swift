import BodyCompression
import Deliveries
import Providers
import Testing

@Suite("Bodies in other forms")
struct BodyFormTests {
    private static func parser(_ provider: any Provider) -> DeliveryParser {
        DeliveryParser([.init(name: "source", provider: provider, routes: .empty)], providers: .standard)
    }

    private static func report(
        _ body: [UInt8], _ headers: [HeaderField] = [], by provider: any Provider = KlaviProvider()
    ) throws -> ReportContent {
        let reports = parser(provider).reports(of: ArchivedDelivery(of: .with(headers: headers, body: body)))
        #expect(reports.count == 1)
        return try #require(reports.first)
    }

    private static let event = #"{"eventName":"link_created","eventId":"São","eventTime":"2026-11-21 10:00:00+00"}"#

    @Test("a compressed body is parsed, and has the same key if it is compressed to different bytes")
    func compressed() throws {
        var keys: Set<String> = []
        for level in [1, 9] {
            let body = try #require(
                ZlibCompressor(level: level).compress(Array((Self.event + String(repeating: " ", count: 99)).utf8)))
            let report = try Self.report(body, [HeaderField("Content-Encoding", "deflate")])
            #expect(report.type == "link_created")
            #expect(report.problem == nil)
            #expect(report.providerTime?.millisecondsSinceEpoch == 1_795_255_200_000)
            let unknown = try #require(
                ZlibCompressor(level: level).compress(Array(("{}" + String(repeating: " ", count: 99)).utf8)))
            keys.insert(try Self.report(unknown, [HeaderField("Content-Encoding", "deflate")]).dedupeKey)
        }
        #expect(keys.count == 1)
    }

    @Test("bodies in UTF-16 and ISO-8859-1 are parsed")
    func charsets() throws {
        let wide =
            [0xff, 0xfe] + Self.event.utf16.flatMap { unit -> [UInt8] in [UInt8(unit & 0xff), UInt8(unit >> 8)] }
        let narrow = Self.event.unicodeScalars.map { UInt8($0.value) }
        for (body, type) in [(wide, "application/json"), (narrow, "application/json; charset=iso-8859-1")] {
            let report = try Self.report(body, [HeaderField("Content-Type", type)])
            #expect(report.fields.contains(ReportField("eventId", "São")))
            #expect(report.problem == nil)
        }
    }

    @Test("a body that cannot be decompressed is one unrecognised report whose problem contains the reason")
    func bomb() throws {
        let bomb = try #require(ZlibCompressor().compress([UInt8](repeating: 0x20, count: 4 << 20)))
        let report = try Self.report(bomb, [HeaderField("Content-Encoding", "deflate")])
        #expect(report.type == "unrecognised")
        #expect(
            report.problem
                == "the deflate body of \(bomb.count) bytes decompresses to more than the limit of 1048576 bytes"
        )
    }

    @Test(
        "the problem of a body that is not JSON states the format or the first error",
        arguments: [
            ("", "", "it is empty"), (" \n", "application/json", "it is empty"),
            (
                "a=1&b=2", "application/x-www-form-urlencoded; charset=utf-8",
                "it is a form (application/x-www-form-urlencoded)"
            ),
            ("--x\r\n", "multipart/form-data; boundary=x", "it has several parts (multipart)"),
            ("<a/>", "text/xml", "it is XML"), ("<?xml version=\"1.0\"?>", "", "it is XML"),
            ("<!DOCTYPE html>", "text/html", "it is HTML"), ("%PDF-1.7", "application/pdf", "it is a PDF"),
            ("{\"a\":x}", "application/json", "unexpected character, at byte 5"),
        ])
    func notJSON(body: String, type: String, problem: String) throws {
        let headers = [HeaderField("Content-Type", type), HeaderField("X-Event", "order")]
        #expect(try Self.report(Array(body.utf8), headers).problem == "the body is not JSON: \(problem)")
        // The type can still be read from a header.
        var reading = GenericReading(type: .header("X-Event"))
        reading.time = GenericReading.Reference("$.at")
        let generic = GenericProvider(name: "generic", scheme: nil, reading: reading)
        let report = try Self.report(Array(body.utf8), headers, by: generic)
        #expect(report.type == "order")
        #expect(report.problem == "the body is not JSON: \(problem)")
    }

    @Test(
        "the problem of a value that is not a time contains the form of the value, but not the value",
        arguments: [
            (#""21/11/2026 10:00""#, "eventTime has the form 99/99/9999 99:99, which is not a time"),
            (#""Ana Maria""#, "eventTime has the form aaa aaaaa, which is not a time"),
            (#""""#, "eventTime is empty, which is not a time"),
            ("20261121", "eventTime has the form 99999999, which is not a time"),
            ("true", "eventTime is neither text nor a number, which is not a time"),
            ("[]", "eventTime is neither text nor a number, which is not a time"),
            ("null", nil), ("1795255200", nil), ("1795255200.25", nil), ("1795255200250", nil),
        ] as [(String, String?)])
    func times(value: String, problem: String?) throws {
        let report = try Self.report(Array(#"{"eventName":"a","eventTime":\#(value)}"#.utf8))
        #expect(report.problem == problem)
        #expect((report.providerTime == nil) == (problem != nil || value == "null"))
    }
}
