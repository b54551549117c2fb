/// What the imitated Centric account has besides cases; the same in every sandbox.
enum CentricCatalogue {
    static let userID = "0d9c2f7e-3f0a-4a55-8a36-5b8f2f1c9a01"
    static let groupID = "7e1a6c1d-9b0e-4f3c-8d57-1c2a3b4d5e02"
    static let packageID = "c3b8a5f2-6d47-4e1b-9f20-8a7b6c5d4e03"

    /// What the package orders.
    static let packageTypes: [CentricCheckType] = [.identity, .canadianCriminalRecord]
}
