internal import Crypto
internal import Deliveries

/// Whose token it is: the address of the API and a hash of the account's public half (never of its secret, which a hash
/// on a disk would let others guess at leisure).
package struct TokenAccount: Sendable, Hashable {
    package let root: String
    /// SHA-256 in hexadecimal digits.
    package let account: String

    package init(root: APIRoot, account: String) {
        self.root = root.text
        self.account = Hex.encode(SHA256.hash(data: Array(account.utf8)))
    }

    init(root: String, accountHash: String) {
        self.root = root
        self.account = accountHash
    }
}
