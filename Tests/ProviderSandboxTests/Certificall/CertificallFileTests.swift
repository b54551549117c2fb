import Foundation
import Testing

@testable import ProviderSandbox

@Suite struct CertificallFileTests {
    private static func desk() -> CertificallDesk {
        let desk = CertificallDesk.loggedIn()
        let context: JSON = ["visibleData": ["user": "Ana (Souza) \\ é 日"]]
        _ = desk.call("POST", desk.link(["context": context]))
        _ = desk.call("POST", desk.link(["reportToken": "case-002", "frameId": 2]))
        return desk
    }

    private static func shareToken(_ desk: CertificallDesk) -> String {
        let url = desk.json("GET", "/certificall/api/cases?format=metadata").json?.elements?.first?["url"]?.string
        return String((url ?? "").suffix(36))
    }

    @Test("a case is a PDF, without a log-in")
    func pdf() throws {
        let desk = Self.desk()
        let token = Self.shareToken(desk)
        desk.headers = []
        let shared = try #require(desk.call("GET", "/certificall/share/case/\(token)"))
        #expect(shared.status == 200)
        #expect(shared.headers.firstValue(of: "Content-Type") == "application/pdf")
        #expect(shared.headers.firstValue(of: "Content-Disposition") == "attachment; filename=\"certificate.pdf\"")
        #expect(desk.message(404, desk.json("GET", "/certificall/share/case/nobody")) == "Case not found")
    }

    @Test("the PDF's cross-reference table leads to its objects")
    func crossReferences() throws {
        let desk = Self.desk()
        let bytes = try #require(desk.call("GET", "/certificall/share/case/\(Self.shareToken(desk))")).body
        // Latin-1: one character a byte.
        let text = String(decoding: bytes.map { UInt16($0) }, as: UTF16.self)
        let characters = Array(text.unicodeScalars)
        #expect(characters.count == bytes.count)
        #expect(text.hasPrefix("%PDF-1.4\n") && text.contains("%%EOF\n% Certificate CAS-7264_CMP-1 "))
        func from(_ offset: Int) -> String {
            String(String.UnicodeScalarView(characters[min(offset, characters.count)...]))
        }
        let start = try #require(text.firstMatch(of: /startxref\n([0-9]+)\n/).flatMap { Int($0.output.1) })
        let table = from(start)
        #expect(table.hasPrefix("xref\n0 6\n0000000000 65535 f \n"))
        let offsets = table.matches(of: /([0-9]{10}) 00000 n \n/).compactMap { Int($0.output.1) }
        #expect(offsets.count == 5)
        for (index, offset) in offsets.enumerated() { #expect(from(offset).hasPrefix("\(index + 1) 0 obj\n")) }
        let stream = try #require(text.firstMatch(of: /\/Length ([0-9]+) >>\nstream\n((.|\n)*)\nendstream/))
        #expect(Int(stream.output.1) == stream.output.2.unicodeScalars.count)
    }
}
