/// The customer whose account the imitated Certn has: one user in one team, the same in every sandbox.
enum CertnOrganization {
    static let userID = "5f0b9a54-6c1e-4a53-9d4e-2f6a8c1b7e30"
    static let userEmail = "ana.souza@example.com"
    static let teamID = "254b5bc8-f7ae-431c-8b4c-28fa8221ce13"
    static let teamName = "Sandbox Team"

    static let user: JSON = [
        "id": .string(userID), "created": "2026-01-05T09:00:00.000Z", "modified": "2026-01-05T09:00:00.000Z",
        "email": .string(userEmail), "first_name": "Ana", "last_name": "Souza", "is_active": true,
        "team": ["id": .string(teamID), "name": .string(teamName)],
    ]

    static func team(_ industry: CertnApplicant.Industry) -> JSON {
        [
            "id": .string(teamID), "name": .string(teamName), "country": "CA", "industry": .string(industry.longName),
            "team_type": .string(industry.rawValue.uppercased()), "internal_name": "sandbox-team",
        ]
    }

    static func owner(_ industry: CertnApplicant.Industry) -> JSON {
        ["id": .string(userID), "email": .string(userEmail), "team": team(industry)]
    }
}

/// Correlation values of a trigger as one tag, the only free text that Certn gives back: `order=7;batch=b`.
enum CertnTagText {
    static func text(of members: [JSON.Member]) -> String {
        members.map { "\($0.name)=\($0.value.string ?? String(decoding: $0.value.bytes, as: UTF8.self))" }
            .joined(separator: ";")
    }
}
