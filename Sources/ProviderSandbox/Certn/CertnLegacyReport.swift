/// The report of a finished screening in its three forms (PROVIDERS.md 2A.2).
enum CertnLegacyReport {
    /// Where a hosted PDF is found, without a login.
    static let folder = "certn-files"

    static func answer(_ form: String, _ document: CertnApplicantDocument, _ world: World) -> APIReply {
        let applicant = document.applicant
        guard document.stage == .complete else {
            return CertnLegacyError.whole(
                "Cannot generate report for incomplete \(applicant.industry.rawValue) applicant.")
        }
        switch form {
        case "pdf": return pdf(applicant)
        case "link":
            return .json(200, ["url": .string(CertnSignedFile.url(folder: folder, name: applicant.id, world))])
        case "web": return .page(title: "Certn report", "<p>\(HTML.escaped(line(applicant)))</p>")
        default: return CertnLegacyError.notFound
        }
    }

    static func pdf(_ applicant: CertnApplicant) -> APIReply {
        .pdf(PortableDocument.bytes(note: line(applicant)), fileName: "certn-\(applicant.id).pdf")
    }

    private static func line(_ applicant: CertnApplicant) -> String {
        let name = [applicant.form.firstName, applicant.form.lastName].compactMap { $0 }.joined(separator: " ")
        return "Certn report \(applicant.id): \(name), result CLEARED"
    }
}
