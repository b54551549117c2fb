/// A bank that does not exist.
struct KlaviInstitution: Sendable, Equatable {
    let code: String
    let name: String
    let legalName: String
    let cnpj: String

    static let all = [
        KlaviInstitution("001", "Banco Modelo", "BANCO MODELO S.A.", "99900002000101"),
        KlaviInstitution("033", "Banco Exemplo", "BANCO EXEMPLO S.A.", "99900001000150"),
        KlaviInstitution("341", "Banco Imaginário", "BANCO IMAGINÁRIO S.A.", "99900003000154"),
        KlaviInstitution("917", "Cooperativa Exemplo", "COOPERATIVA DE CRÉDITO EXEMPLO", "99900004000107"),
        KlaviInstitution("918", "Fintech Fictícia", "FICTÍCIA INSTITUIÇÃO DE PAGAMENTO S.A.", "99900005000151"),
    ]

    private init(_ code: String, _ name: String, _ legalName: String, _ cnpj: String) {
        self.code = code
        self.name = name
        self.legalName = legalName
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
