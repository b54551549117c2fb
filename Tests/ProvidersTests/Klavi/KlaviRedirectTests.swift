import Deliveries
import Foundation
import Providers
import StrictJSON
import TestKit
import Testing

@Suite("Klavi's browser redirects")
struct KlaviRedirectTests {
    private static let info = #"{"id":"C-1","nome":"João ~~?>","n":[1,true,null]}"#

    private func report(_ query: String) throws -> ReportContent {
        let reports = KlaviProvider().parse(target: "/klavi/return?\(query)")
        #expect(reports.count == 1)
        return try #require(reports.first)
    }

    private static func percentEncoded(_ text: String) -> String {
        "%" + text.utf8.map { Hex.encode([$0]) }.joined(separator: "%")
    }

    @Test("the parameters become fields, under the names that bodies use")
    func fields() throws {
        let report = try report(
            "link_id=L-1&consent_id=C-1&external_track_id=T-1&error=denied&error_description=no&other=x&link_id=L-2")
        #expect(report.type == "redirect")
        #expect(
            report.fields == [
                ReportField("linkId", "L-1"), ReportField("consentId", "C-1"), ReportField("externalTrackId", "T-1"),
                ReportField("error", "denied"),
            ])
        #expect(report.externalInfo == nil && report.problem == nil && report.providerTime == nil)
    }

    @Test(
        "external_info is read as JSON, base64 and URL-safe base64",
        arguments: ["json", "base64", "base64url", "base64 with blanks"])
    func externalInfo(_ form: String) throws {
        let base64 = Data(Self.info.utf8).base64EncodedString()
        #expect(base64.contains("+") || base64.contains("/"), "the text shows the difference of the alphabets")
        let text =
            switch form {
            case "json": Self.percentEncoded(Self.info)
            case "base64": Self.percentEncoded(base64)
            case "base64url":
                base64.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
                    .replacingOccurrences(of: "=", with: "")
            // The text is not percent-encoded, so a plus sign is read as a blank.
            default: base64
            }
        let report = try report("link_id=L-1&external_info=\(text)")
        #expect(try ParsedJSON(#require(report.externalInfo)) == ParsedJSON(Self.info))
        #expect(report.values(of: "externalInfo.id") == ["C-1"])
        #expect(report.values(of: "externalInfo.nome") == ["João ~~?>"])
        #expect(report.values(of: "externalInfo.n") == ["1", "true"])
        #expect(report.problem == nil)
    }

    @Test(
        "an external_info in any other form is a problem, and the other fields are still indexed",
        arguments: ["junk", "%7Bid%3A1%7D", "AAAA", "%7B", "Zg==", "%00", "e30=e30=", "not+json", "%5B1%2C%5D"])
    func junk(_ text: String) throws {
        let report = try report("link_id=L-1&external_info=\(text)")
        let kept = try #require(RequestTarget("/?external_info=\(text)").queryValue(named: "external_info"))
        #expect(report.externalInfo == JSONString.quote(kept))
        #expect(report.fields == [ReportField("linkId", "L-1"), ReportField("externalInfo", kept)])
        #expect(report.problem == "external_info is neither JSON nor base64 of JSON; it is kept as text")
    }

    @Test("JSON that is not an object is kept unchanged", arguments: ["7", "%5B7%5D"])
    func otherJSON(_ text: String) throws {
        #expect(try report("external_info=\(text)").values(of: "externalInfo") == ["7"])
    }

    @Test(
        "an empty external_info is ignored",
        arguments: ["link_id=1", "link_id=1&external_info", "link_id=1&external_info="])
    func none(_ query: String) throws {
        #expect(try report(query).externalInfo == nil)
        #expect(try report(query).problem == nil)
    }

    @Test("external_info nested 100,000 levels deep is a problem")
    func nested() throws {
        let text = String(repeating: "%5B", count: 100_000)
        let report = try report("link_id=L-1&external_info=\(text)")
        #expect(report.values(of: "linkId") == ["L-1"])
        #expect(report.externalInfo == nil)
        #expect(report.problem != nil)
    }

    @Test("a repeated redirect has the same key, and a different redirect has a different key")
    func key() throws {
        #expect(try report("link_id=1").dedupeKey == "redirect:" + TestCode.sha256Hex("link_id=1"))
        #expect(try report("link_id=1").dedupeKey == report("link_id=1").dedupeKey)
        #expect(try report("link_id=1").dedupeKey != report("link_id=2").dedupeKey)
    }
}
