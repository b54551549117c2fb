/// A bank that does not exist.
struct KlaviInstitution: Sendable, Equatable {
    let code: String
    let name: String
    let cnpj: String

    static let all = [
        KlaviInstitution("001", "Banco Modelo", "99900002000101"),
        KlaviInstitution("033", "Banco Exemplo", "99900001000150"),
        KlaviInstitution("341", "Banco Imaginário", "99900003000154"),
        KlaviInstitution("917", "Cooperativa Exemplo", "99900004000107"),
        KlaviInstitution("918", "Fintech Fictícia", "99900005000151"),
    ]

    private init(_ code: String, _ name: String, _ cnpj: String) {
        self.code = code
        self.name = name
        self.cnpj = cnpj
    }

    static func named(_ code: String) -> KlaviInstitution? {
        all.first { $0.code == code }
    }

    /// Those that the customer's `externalInfo.customization.institutions` leaves; all where there is no such list.
    static func offered(by externalInfo: JSON) -> [KlaviInstitution] {
        guard let codes = externalInfo["customization"]?["institutions"]?.elements?.compactMap(\.string) else {
            return all
        }
        return all.filter { codes.contains($0.code) }
    }
}
