import Foundation
import ProviderSandbox
import Testing

@Suite("Certn: the PDF of a report")
struct CertnPDFTests {
    private static func document(lastName: String) -> String {
        var bench = CertnBench.legacy
        let information = CertnBench.quick["information"]?.setting("last_name", .string(lastName)) ?? .null
        let body = CertnBench.quick.setting("information", information)
        let id = bench.authorized("POST", "/api/v1/hr/applications/quick/", body).certnJSON["id"]?.string ?? ""
        bench.now += 30
        return bench.authorized("GET", "/api/v2/reports/\(id)/pdf/").certnText
    }

    @Test("every entry of the cross-reference table leads to its object")
    func crossReferences() throws {
        let text = Self.document(lastName: "João (x) \\ 中")
        #expect(text.utf8.count == text.unicodeScalars.count)
        #expect(text.hasPrefix("%PDF-1.4\n"))
        #expect(text.hasSuffix("%%EOF\n"))
        #expect(text.contains("Jo\\343o \\(x\\) \\\\ ?"))
        let bytes = Array(text.utf8)
        let tail = try #require(text.range(of: "startxref\n"))
        let start = try #require(Int(text[tail.upperBound...].prefix { $0.isNumber }))
        #expect(String(decoding: bytes[start...].prefix(9), as: UTF8.self) == "xref\n0 6\n")
        let table = Array(bytes[(start + 9)...].prefix(120))
        #expect(String(decoding: table.prefix(20), as: UTF8.self) == "0000000000 65535 f \n")
        for number in 1...5 {
            let entry = String(decoding: table[(number * 20)..<(number * 20 + 20)], as: UTF8.self)
            #expect(entry.hasSuffix(" 00000 n \n"))
            let offset = try #require(Int(entry.prefix(10)))
            #expect(String(decoding: bytes[offset...].prefix(7), as: UTF8.self) == "\(number) 0 obj")
        }
    }

    @Test("the stream is as long as it says")
    func streamLength() throws {
        let text = Self.document(lastName: "Souza")
        let mark = try #require(text.range(of: "/Length "))
        let length = try #require(Int(text[mark.upperBound...].prefix { $0.isNumber }))
        let stream = try #require(text.range(of: ">>\nstream\n"))
        #expect(text[stream.upperBound...].dropFirst(length).hasPrefix("\nendstream"))
    }
}
