/// What a link carries besides its reportToken: texts for its user, and metadata that only the link keeps. The webhook
/// has neither (PROVIDERS.md 4.1).
struct CertificallContext: Sendable, Equatable {
    /// Shown on the visit page.
    var instructions: String?
    /// Stands in the PDF.
    var user: String?
    var metadata: [JSON.Member] = []

    /// - Parameter object: a call's body, whose `context` is read; nil where it has none.
    static func read(in object: JSON) throws(CertificallRefusal) -> CertificallContext? {
        guard let context = try CertificallMember("context", of: object).object() else { return nil }
        var result = CertificallContext()
        if let visible = try CertificallMember("visibleData", of: context, path: "context.").object() {
            let path = "context.visibleData."
            for name in ["issuer", "photoRef", "reportRef"] {
                _ = try CertificallMember(name, of: visible, path: path).string()
            }
            result.instructions = try CertificallMember("instructions", of: visible, path: path).string()
            result.user = try CertificallMember("user", of: visible, path: path).string()
            if let beneficiary = try CertificallMember("beneficiary", of: visible, path: path).object() {
                for name in ["lastName", "firstName", "address", "city", "postCode", "email"] {
                    _ = try CertificallMember(name, of: beneficiary, path: path + "beneficiary.").string()
                }
            }
        }
        if let metadata = try CertificallMember("metadata", of: context, path: "context.").object() {
            for member in metadata.members ?? [] where member.value.string == nil {
                throw CertificallRefusal(400, "context.metadata.\(member.name) must be a string")
            }
            result.metadata = metadata.members ?? []
        }
        return result
    }
}
