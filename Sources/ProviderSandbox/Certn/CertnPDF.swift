/// The smallest document that counts as a report: one page, one line, with a cross-reference table that is right
/// (ISO 32000-1, 7.5.4).
enum CertnPDF {
    /// - Parameter line: Characters beyond Latin-1 become question marks.
    static func document(line: String) -> [UInt8] {
        let content = "BT /F1 14 Tf 72 720 Td (\(literal(line))) Tj ET"
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
                + "/Resources << /Font << /F1 5 0 R >> >> >>",
            "<< /Length \(content.utf8.count) >>\nstream\n\(content)\nendstream",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        ]
        var text = "%PDF-1.4\n"
        var table = "0000000000 65535 f \n"
        for (index, object) in objects.enumerated() {
            let digits = String(text.utf8.count)
            table += String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n"
            text += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let start = text.utf8.count
        text += "xref\n0 \(objects.count + 1)\n\(table)"
        text += "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(start)\n%%EOF\n"
        return Array(text.utf8)
    }

    /// A literal string of a content stream; everything outside plain ASCII is written in octal.
    private static func literal(_ line: String) -> String {
        line.unicodeScalars.map { scalar in
            switch scalar.value {
            case 0x28, 0x29, 0x5c: "\\\(scalar)"
            case 0x20..<0x7f: "\(scalar)"
            case 0xa0..<0x100: "\\\(String(scalar.value, radix: 8))"
            default: "?"
            }
        }.joined()
    }
}
