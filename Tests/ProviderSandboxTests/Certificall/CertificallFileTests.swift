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

    @Test("a case is a PDF under both paths, without a log-in")
    func pdf() throws {
        let desk = Self.desk()
        let token = Self.shareToken(desk)
        desk.headers = []
        let shared = try #require(desk.call("GET", "/certificall/share/case/\(token)"))
        #expect(shared.status == 200)
        #expect(shared.headers.firstValue(of: "Content-Type") == "application/pdf")
        #expect(shared.headers.firstValue(of: "Content-Disposition") == "attachment; filename=\"certificate.pdf\"")
        #expect(desk.call("GET", "/certificall/api/case/\(token)") == shared)
        #expect(desk.message(404, desk.json("GET", "/certificall/share/case/nobody")) == "Case not found")
        #expect(desk.message(404, desk.json("GET", "/certificall/api/case/nobody")) == "Case not found")
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

    @Test("ZIP holds the PDFs, as they are")
    func zip() throws {
        let desk = Self.desk()
        let reply = try #require(desk.call("GET", "/certificall/api/cases?format=ZIP&caseId=7264"))
        #expect(reply.headers.firstValue(of: "Content-Type") == "application/zip")
        let pdf = try #require(desk.call("GET", "/certificall/share/case/\(Self.shareToken(desk))")).body
        let name = Array("CAS-7264_CMP-1.pdf".utf8)
        #expect(Array(reply.body.prefix(10)) == [0x50, 0x4b, 3, 4, 20, 0, 0, 0, 0, 0])
        #expect(Array(reply.body[30..<30 + name.count]) == name)
        #expect(Array(reply.body[(30 + name.count)..<(30 + name.count + pdf.count)]) == pdf)
        let sum = Self.checksum(pdf)
        #expect(Array(reply.body[14..<18]) == (0..<4).map { UInt8(truncatingIfNeeded: sum >> (8 * $0)) })
        let end = Array(reply.body.suffix(22))
        #expect(Array(end.prefix(4)) == [0x50, 0x4b, 5, 6])
        #expect(end[8] == 1 && end[10] == 1)
        let directory = end[16..<20].reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect(directory == 30 + name.count + pdf.count)
        #expect(Array(reply.body[directory..<directory + 4]) == [0x50, 0x4b, 1, 2])
        let none = try #require(desk.call("GET", "/certificall/api/cases?format=ZIP&caseId=1"))
        #expect(none.body.count == 22)
        let both = try #require(desk.call("GET", "/certificall/api/cases?format=ZIP"))
        #expect(both.body.suffix(22)[both.body.count - 12] == 2)
        func number(_ range: Range<Int>) -> Int { both.body[range].reversed().reduce(0) { $0 << 8 | Int($1) } }
        var entry = number(both.body.count - 6..<both.body.count - 2)
        for expected in ["CAS-7264_CMP-1.pdf", "CAS-7265_CMP-1.pdf"] {
            let local = number(entry + 42..<entry + 46)
            #expect(Array(both.body[local..<local + 4]) == [0x50, 0x4b, 3, 4])
            #expect(Array(both.body[local + 30..<local + 48]) == Array(expected.utf8))
            entry += 46 + 18
        }
    }

    /// CRC-32 bit by bit.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0xffff_ffff
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xedb8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
