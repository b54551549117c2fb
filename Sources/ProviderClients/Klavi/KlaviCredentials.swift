/// The pair of keys of a partner application. The secret key signs the callbacks too (PROVIDERS.md 1.1.2).
package struct KlaviCredentials: Sendable {
    package let accessKey: Credential
    package let secretKey: Credential

    package init(accessKey: Credential, secretKey: Credential) {
        self.accessKey = accessKey
        self.secretKey = secretKey
    }
}
