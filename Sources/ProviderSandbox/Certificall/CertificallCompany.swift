/// The one company whose account the sandbox has.
enum CertificallCompany {
    static let id = 123
    static let name = "Société Exemple SAS"
}
