internal import StrictJSON

/// What `POST /cases/order/` takes. Neither invitation flag set: a quickscreen, which needs claims (PROVIDERS.md 2B.2).
package struct CentricCaseOrder: Sendable, Equatable {
    /// A check and its arguments.
    package struct Check: Sendable, Equatable {
        /// Such as `IDENTITY_VERIFICATION_1`.
        package var type: String
        package var arguments: FreeObject?

        package init(_ type: String, arguments: FreeObject? = nil) {
            self.type = type
            self.arguments = arguments
        }
    }

    package var emailAddress: String
    package var sendsInviteEmail: Bool
    package var returnsInviteLink: Bool
    package var checks: [Check]
    package var inputClaims: CentricInputClaims?
    /// Further members, such as `tags`.
    package var more: FreeObject?

    package init(emailAddress: String, sendsInviteEmail: Bool, returnsInviteLink: Bool, checks: [Check]) {
        self.emailAddress = emailAddress
        self.sendsInviteEmail = sendsInviteEmail
        self.returnsInviteLink = returnsInviteLink
        self.checks = checks
    }

    func json() throws(ProviderCallFailure) -> JSONText {
        try InputCheck.email(emailAddress, "email_address")
        guard !checks.isEmpty else { throw .badInput("The order names no check, such as IDENTITY_VERIFICATION_1.") }
        guard sendsInviteEmail || returnsInviteLink || inputClaims != nil else {
            throw .badInput("An order without an invitation (a quickscreen) needs input_claims.")
        }
        var types = BodyFields()
        for check in checks {
            try InputCheck.notEmpty(check.type, "A check")
            guard !types.members.contains(where: { $0.name == check.type }) else {
                throw .badInput("The check \(check.type) is named twice.")
            }
            types.add(check.type, check.arguments?.json ?? .object([]))
        }
        var fields = BodyFields()
        fields.add("email_address", emailAddress)
        fields.add("send_invite_email", sendsInviteEmail)
        fields.add("return_invite_link", returnsInviteLink)
        fields.add("check_types_with_arguments", types.json)
        fields.add("input_claims", try inputClaims?.json())
        try fields.add(more)
        return fields.json
    }
}

/// What `POST /cases/order-package/` takes.
package struct CentricPackageOrder: Sendable, Equatable {
    package var package: String
    package var emailAddress: String
    /// Further members.
    package var more: FreeObject?

    package init(package name: String, emailAddress: String) {
        self.package = name
        self.emailAddress = emailAddress
    }

    func json() throws(ProviderCallFailure) -> JSONText {
        try InputCheck.notEmpty(package, "package")
        try InputCheck.email(emailAddress, "email_address")
        var fields = BodyFields()
        fields.add("package", package)
        fields.add("email_address", emailAddress)
        try fields.add(more)
        return fields.json
    }
}
