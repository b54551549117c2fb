/// What a person may let an institution hand over.
enum KlaviPermission: String, Sendable, CaseIterable {
    case registration = "REGISTRATION_ALL"
    case accounts = "ACCOUNTS_ALL"
    case creditCards = "CREDIT_CARDS_ALL"
    case creditOperations = "CREDIT_OPERATIONS_ALL"
    case investments = "INVESTMENTS_ALL"
}
