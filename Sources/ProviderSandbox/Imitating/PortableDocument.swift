/// The PDF (ISO 32000-1) that every report is: one page with one line.
enum PortableDocument {
    /// - Parameter note: Stands behind the end as a comment, so that reports of two cases are not the same bytes.
    static func bytes(note: String) -> [UInt8] {
        Array("\(page)\n% \(note)\n".utf8)
    }

    private static let page = """
        %PDF-1.4
        1 0 obj
        << /Type /Catalog /Pages 2 0 R >>
        endobj
        2 0 obj
        << /Type /Pages /Kids [3 0 R] /Count 1 >>
        endobj
        3 0 obj
        << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>
        endobj
        4 0 obj
        << /Length 53 >>
        stream
        BT /F1 18 Tf 56 780 Td (An imitation for tests) Tj ET
        endstream
        endobj
        5 0 obj
        << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>
        endobj
        xref
        0 6
        0000000000 65535 f\u{20}
        0000000009 00000 n\u{20}
        0000000058 00000 n\u{20}
        0000000115 00000 n\u{20}
        0000000241 00000 n\u{20}
        0000000344 00000 n\u{20}
        trailer
        << /Size 6 /Root 1 0 R >>
        startxref
        414
        %%EOF
        """
}
