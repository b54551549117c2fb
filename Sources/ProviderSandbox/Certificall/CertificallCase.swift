internal import Foundation

/// A certificate: what a user recorded for the steps of a frame. Everything else about it is made from its number and
/// seed when somebody asks.
struct CertificallCase: Sendable {
    /// One recorded step.
    struct Item: Sendable {
        let step: CertificallFrame.Step
        /// The remark on a photo, or the text of a text field.
        let text: String
        let createdAt: Date
    }

    let number: Int
    let frame: CertificallFrame
    let reportToken: String
    let createdAt: Date
    let closingDate: Date
    let shareToken: String
    let seed: UInt64
    /// Who stands in the PDF.
    let user: String?
    let items: [Item]

    /// Unique: `CAS-7264_CMP-1`.
    var cfRef: String { "CAS-\(number)_CMP-1" }

    func url(baseURL: String) -> String {
        "\(baseURL)/certificall/share/case/\(shareToken)"
    }

    /// The certificate as a file.
    var pdf: [UInt8] {
        var lines = [
            "Certificate \(cfRef)", "Report: \(reportToken)", "Frame: \(frame.name)",
            "Company: \(CertificallCompany.name)", "Created: \(CertificallTime.withOffset(createdAt))",
            "Closed: \(CertificallTime.withOffset(closingDate))",
        ]
        if let user { lines.append("User: \(user)") }
        lines += items.map { "\($0.step.title): \($0.text)" }
        return PortableDocument.bytes(lines: lines)
    }
}
