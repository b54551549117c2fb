/// The checks of the legacy API, asked for with one Boolean each (PROVIDERS.md 2A.1).
enum CertnRequestFlag {
    /// The field that asks for a check.
    static let names = [
        "base", "identity_verification", "enhanced_identity_verification", "equifax", "softcheck", "soquij",
        "social_media_check", "criminal_record_check", "enhanced_criminal_record_check",
        "vulnerable_sector_criminal_record_check", "international_criminal_record_check",
        "us_criminal_record_check_tier_1", "us_criminal_record_check_tier_2", "us_criminal_record_check_tier_3",
        "motor_vehicle_records", "education_verification", "credential_verification", "employment_verification",
        "instant_verify_education", "instant_verify_credential", "instant_verify_employment", "employer_references",
        "address_references", "employer_phone_references", "address_phone_references", "vaccination_check",
        "right_to_work", "uk_basic_dbs_check", "uk_basic_ds_check", "uk_right_to_work_check",
    ].map { "request_\($0)" }

    /// The check that the sandbox's account is not set up for, so that the documented refusal can be met.
    static let notConfigured = "request_equifax"
    static let notConfiguredText = "Account not configured for Equifax requests."

    /// Those that are true in a request.
    static func read(_ object: JSON, _ reader: inout CertnFieldReader) -> [String] {
        let asked = names.filter { reader.flag(object, $0) == true }
        if asked.contains(notConfigured) { reader.add([notConfigured], "invalid", notConfiguredText) }
        return asked
    }
}
