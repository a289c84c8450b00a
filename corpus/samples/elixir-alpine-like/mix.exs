defmodule Standup.MixProject do
  use Mix.Project

  def project do
    [
      app: :standup,
      version: "1.0.0",
      elixir: "~> 1.15",
      start_permanent: Mix.env() == :prod,
      deps: []
    ]
  end

  def application do
    [extra_applications: [:logger, :crypto], mod: {Standup, []}]
  end
end
