/// What a person sent with the form of a link's page.
struct KlaviDecision: Sendable, Equatable {
    /// Nil for the button "Reject".
    let granted: [KlaviPermission]?
    let institutionCode: String?
    let personalTaxID: String?

    /// Nil for a form without one of the two buttons.
    init?(_ request: APIRequest) {
        switch request.formValue("decision") {
        case "authorise":
            let ticked = request.form.filter { $0.name == "permission" }.compactMap {
                KlaviPermission(rawValue: $0.value)
            }
            granted = KlaviPermission.allCases.filter { ticked.contains($0) }
        case "reject": granted = nil
        default: return nil
        }
        institutionCode = request.formValue("institution")
        personalTaxID = request.formValue("taxId")
    }
}
