/// The checks that the imitated account can order (PROVIDERS.md 2B.3).
enum CentricCheckType: String, Sendable, CaseIterable {
    case identity = "IDENTITY_VERIFICATION_1"
    case credit = "CREDIT_REPORT_1"
    case canadianCredit = "CANADIAN_CREDIT_REPORT_1"
    case criminalRecord = "CRIMINAL_RECORD_REPORT_1"
    case canadianCriminalRecord = "BASIC_CANADIAN_CRIMINAL_RECORD_REPORT_1"
    case motorVehicle = "MOTOR_VEHICLE_RECORD_1"
}
