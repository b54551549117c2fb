/// A bank or company that a user can link. Only the code is always there.
package struct KlaviInstitution: Sendable, Equatable {
    package let institutionCode: String
    package let name: String?
    package let avatar: String?
    package let isBeta: Bool?
    package let isOutage: Bool?
    package let institutionType: String?
    package let businessType: String?
    package let availableResources: [String]
    package let parentOrganizationName: String?
    package let parentOrganizationID: String?
    package let organizationName: String?
    package let organizationID: String?
    /// In the list of states alone.
    package let status: String?

    init(_ fields: AnswerFields) throws(ProviderCallFailure) {
        institutionCode = try fields.text("institutionCode")
        name = fields.optionalText("name")
        avatar = fields.optionalText("avatar")
        isBeta = fields.boolean("isBeta")
        isOutage = fields.boolean("isOutage")
        institutionType = fields.optionalText("institutionType")
        businessType = fields.optionalText("businessType")
        availableResources = fields.texts("availableResources")
        parentOrganizationName = fields.optionalText("parentOrganizationName")
        parentOrganizationID = fields.optionalText("parentOrganizationId")
        organizationName = fields.optionalText("organizationName")
        organizationID = fields.optionalText("organizationId")
        status = fields.optionalText("status")
    }
}
