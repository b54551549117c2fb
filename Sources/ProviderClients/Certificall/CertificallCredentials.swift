/// A user of Certificall who may use its API.
package struct CertificallCredentials: Sendable {
    package let username: String
    package let password: Credential

    package init(username: String, password: Credential) {
        self.username = username
        self.password = password
    }
}
