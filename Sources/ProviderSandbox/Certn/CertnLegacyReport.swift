/// The report of a finished screening in its two forms (PROVIDERS.md 2A.2).
enum CertnLegacyReport {
    static func answer(_ form: String, _ document: CertnApplicantDocument) -> APIReply {
        let applicant = document.applicant
        guard document.stage == .complete else {
            return CertnLegacyError.whole(
                "Cannot generate report for incomplete \(applicant.industry.rawValue) applicant.")
        }
        switch form {
        case "pdf":
            return .pdf(PortableDocument.bytes(note: line(applicant)), fileName: "certn-\(applicant.id).pdf")
        case "web": return .page(title: "Certn report", "<p>\(HTML.escaped(line(applicant)))</p>")
        default: return CertnLegacyError.notFound
        }
    }

    private static func line(_ applicant: CertnApplicant) -> String {
        let name = [applicant.form.firstName, applicant.form.lastName].compactMap { $0 }.joined(separator: " ")
        return "Certn report \(applicant.id): \(name), result CLEARED"
    }
}
