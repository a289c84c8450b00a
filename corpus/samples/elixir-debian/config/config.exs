import Config

config :guestbook, title: "Visitors"
config :logger, level: :warning
