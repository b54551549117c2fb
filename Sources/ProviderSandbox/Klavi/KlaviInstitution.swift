/// A bank that does not exist, in the form of GET /links/institutions.
struct KlaviInstitution: Sendable, Equatable {
    let code: String
    let name: String
    let legalName: String
    let type: String
    let cnpj: String

    static let all = [
        KlaviInstitution("001", "Banco Modelo", "BANCO MODELO S.A.", "BANK", "99900002000101"),
        KlaviInstitution("033", "Banco Exemplo", "BANCO EXEMPLO S.A.", "BANK", "99900001000150"),
        KlaviInstitution("341", "Banco Imaginário", "BANCO IMAGINÁRIO S.A.", "BANK", "99900003000154"),
        KlaviInstitution(
            "917", "Cooperativa Exemplo", "COOPERATIVA DE CRÉDITO EXEMPLO", "COOPERATIVE", "99900004000107"),
        KlaviInstitution(
            "918", "Fintech Fictícia", "FICTÍCIA INSTITUIÇÃO DE PAGAMENTO S.A.", "PAYMENT", "99900005000151"),
    ]

    private init(_ code: String, _ name: String, _ legalName: String, _ type: String, _ cnpj: String) {
        self.code = code
        self.name = name
        self.legalName = legalName
        self.type = type
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

    func json(_ baseURL: String) -> JSON {
        [
            "institutionCode": .string(code), "name": .string(name),
            "avatar": .string("\(baseURL)/conecte/institutions/\(code).svg"), "isBeta": false, "isOutage": false,
            "institutionType": .string(type), "businessType": "PERSONAL_AND_BUSINESS",
            "availableResources": .array(KlaviPermission.allCases.map { .string($0.rawValue) }),
            "parentOrganizationName": .string(legalName), "parentOrganizationId": .string(cnpj),
            "organizationName": .string(legalName), "organizationId": .string(cnpj),
        ]
    }

    var statusJSON: JSON {
        ["institutionCode": .string(code), "name": .string(name), "status": "AVAILABLE"]
    }

    /// A square with the code in it.
    var avatar: APIReply {
        let text = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="12" \
            fill="#357"/><text x="32" y="40" font-size="22" fill="#fff" text-anchor="middle">\(code)</text></svg>
            """
        return APIReply(status: 200, headers: [HeaderLine("Content-Type", "image/svg+xml")], body: Array(text.utf8))
    }
}
