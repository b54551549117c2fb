/// What the imitated Centric account has besides cases; the same in every sandbox.
enum CentricCatalogue {
    static let userID = "0d9c2f7e-3f0a-4a55-8a36-5b8f2f1c9a01"
    static let groupID = "7e1a6c1d-9b0e-4f3c-8d57-1c2a3b4d5e02"
    static let packageID = "c3b8a5f2-6d47-4e1b-9f20-8a7b6c5d4e03"

    /// What the package orders.
    static let packageTypes: [CentricCheckType] = [.identity, .canadianCriminalRecord]

    /// The elements of one of the plain lists; nil where there is no list of this name.
    static func list(_ name: String) -> [JSON]? {
        switch name {
        case "users":
            [
                [
                    "id": .string(userID), "email": .string(CertnOrganization.userEmail), "first_name": "Ana",
                    "last_name": "Souza", "is_active": true,
                ]
            ]
        case "groups": [["id": .string(groupID), "name": "Sandbox Group", "parent": nil]]
        case "packages":
            [
                [
                    "id": .string(packageID), "name": "Basic screening",
                    "check_types": .array(packageTypes.map { .string($0.rawValue) }),
                ]
            ]
        case "tags":
            [
                ["id": "5b1d7c3e-2f64-4b8a-9c10-6e7f8a9b0c04", "name": "hiring"],
                ["id": "9f8e7d6c-5b4a-4392-8170-1a2b3c4d5e05", "name": "tenancy"],
            ]
        case "questionnaires": []
        default: nil
        }
    }
}
