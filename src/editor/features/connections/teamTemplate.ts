/** What a new team file begins with. */

export const teamFileTemplate = `{
  // Connections everybody who opens this folder gets. Commit this file.
  // It holds no passwords: each person is asked for their own. It can ask for stricter access than a person's
  // settings, never for looser.
  "version": 1,
  "connections": [
    // {
    //   "name": "shop-prod",
    //   "environment": "production", // development, staging or production
    //   "host": "db-1.example.com",
    //   "port": 5432,
    //   "user": "app_rw",
    //   "database": "shop",
    //   "tls": { "mode": "verify-full" }, // "ca": "certs/authority.pem" beside it for an authority of your own
    //   "access": "readOnly" // blocked, readOnly or preview
    // }
  ]
}
`;
