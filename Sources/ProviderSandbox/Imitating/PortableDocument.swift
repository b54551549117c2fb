/// A PDF (ISO 32000-1) of one page with a few lines of text in Helvetica.
enum PortableDocument {
    /// Lines that fit on the page; further ones stay out.
    static let lineLimit = 48

    static func bytes(lines: [String]) -> [UInt8] {
        var content = Array("BT /F1 11 Tf 14 TL 56 790 Td\n".utf8)
        for line in lines.prefix(lineLimit) {
            content += Array("(".utf8) + literal(line.prefix(100)) + Array(") Tj T*\n".utf8)
        }
        content += Array("ET".utf8)
        let objects: [[UInt8]] = [
            Array("<< /Type /Catalog /Pages 2 0 R >>".utf8),
            Array("<< /Type /Pages /Kids [3 0 R] /Count 1 >>".utf8),
            Array(
                """
                << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
                /Resources << /Font << /F1 5 0 R >> >> >>
                """.utf8),
            Array("<< /Length \(content.count) >>\nstream\n".utf8) + content + Array("\nendstream".utf8),
            Array("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".utf8),
        ]
        var file = Array("%PDF-1.4\n".utf8)
        var table = "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for (index, object) in objects.enumerated() {
            let offset = String(file.count)
            table += String(repeating: "0", count: max(0, 10 - offset.count)) + offset + " 00000 n \n"
            file += Array("\(index + 1) 0 obj\n".utf8) + object + Array("\nendobj\n".utf8)
        }
        let start = file.count
        let trailer = "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(start)\n%%EOF\n"
        return file + Array((table + trailer).utf8)
    }

    /// The inside of a literal string: what delimits strings escaped, Latin-1 beyond ASCII in octal, what the font does not
    /// have as `?`.
    private static func literal(_ text: some StringProtocol) -> [UInt8] {
        text.unicodeScalars.flatMap { scalar -> [UInt8] in
            switch scalar {
            case "(", ")", "\\": [UInt8(ascii: "\\"), UInt8(scalar.value)]
            case " "..."~": [UInt8(scalar.value)]
            case "\u{a0}"..."\u{ff}": Array("\\\(String(scalar.value, radix: 8))".utf8)
            default: [UInt8(ascii: "?")]
            }
        }
    }
}
